import { queryOf } from '../../api/request.js';
import { Link } from '../../ui/router.js';

/** Each tag leads to the tasks that have it. */
export function Tags({ tags }: { readonly tags: readonly string[] }) {
  return tags.map((tag) => (
    <Link key={tag} class="tag" to={`/tasks${queryOf({ tag })}`}>
      {tag}
    </Link>
  ));
}
