/** The little of React that the practice page needs: React ships no types of its own. */
declare module 'react' {
  export interface ReactElement {
    readonly type: unknown
  }
  export function createElement(type: unknown, props: object): ReactElement
}
declare module 'react-dom/server' {
  import type { ReactElement } from 'react'
  export function renderToStaticMarkup(element: ReactElement): string
}
