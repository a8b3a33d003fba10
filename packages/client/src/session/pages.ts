/** All pages of what is answered page by page: `request` is called with the `nextToken` of the page before. */
export async function* pages<T extends { readonly nextToken: string | undefined }>(
  request: (page: { readonly nextToken?: string }) => Promise<T>,
): AsyncGenerator<T> {
  let page = await request({});
  yield page;
  while (page.nextToken !== undefined) {
    page = await request({ nextToken: page.nextToken });
    yield page;
  }
}
