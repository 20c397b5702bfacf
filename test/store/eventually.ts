/** Asks again for up to five seconds until the check holds. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 100; ; tries -= 1) {
    try {
      return await check()
    } catch (thrown) {
      if (tries === 0) throw thrown
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
