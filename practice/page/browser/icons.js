const PATHS = {
  hash: 'M7.5 3 6 17M14 3l-1.5 14M3.500 7.500h14M2.500 12.500h14',
  reply: 'M3 4h14v9H9l-4 3.500V13H3z',
  more: 'M10 4v.01M10 10v.01M10 16v.01',
  plus: 'M10 4v12M4 10h12',
  at: 'M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.200c0 2.400 4 2.400 4-1.200a7 7 0 1 0-3 5.800',
  send: 'M3 4l14 6-14 6 2-6zM5 10h6',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zm10 0a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
  clip: 'M15.500 9.500 10 15a3.500 3.500 0 0 1-5-5l6-6a2.300 2.300 0 0 1 3.300 3.300l-6 6a1.100 1.100 0 0 1-1.600-1.600l5.300-5.300',
  close: 'M5 5l10 10M15 5L5 15',
  chevron: 'M6 8l4 4 4-4',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  download: 'M10 3v10M6 9l4 4 4-4M4 17h12',
  file: 'M5 2h7l4 4v12H5zM12 2v4h4',
  calendar: 'M4 5h12v12H4zM4 9h12M7 3v3M13 3v3',
  clock: 'M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM10 6v4l3 2',
  bolt: 'M11 2 4 11h5l-1 7 7-9h-5z',
  menu: 'M3 5h14M3 10h14M3 15h14',
  down: 'M10 4v12M5 11l5 5 5-5',
}

/** A line drawing that says nothing to a screen reader: what carries it has a name of its own. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  for (const [key, value] of Object.entries({
    viewBox: '0 0 20 20',
    'aria-hidden': 'true',
    class: 'icon-line',
  }))
    svg.setAttribute(key, value)
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', PATHS[name])
  svg.append(path)
  return svg
}
