"""What a topological order (notebook 17, exercise 3) has to be."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError

A_LIST = "Give back a list of names."
TWICE = "A node may stand in the list once only: remember which are done."
MISSING = "Every node that leads to the end belongs into the list, the end and those without parents too."
UNRELATED = "What does not lead to the end has no gradient: walk from the end to the parents."
REVERSED = "Parents stand BEFORE what is computed from them."
TOO_EARLY = "A node that was met early may have a parent that is met later: put it in when ALL of its parents are in."
TOO_DEEP = "Recursion ends after about 1000 calls: keep what is still to do in a list, as the chapter does."


def check_order(my_order, parents, end):
    """Raise unless a list holds all that leads to `end`, once, each after its parents."""
    text = f"parents = {parents}, end = {end!r}" if len(parents) < 20 else f"{len(parents)} nodes, one after the other"
    deep = TOO_DEEP if len(parents) >= 20 else "Call it yourself with this input and look at what happens."
    answer = call(my_order, {name: list(sources) for name, sources in parents.items()}, end, given=text, hint=deep)
    shown = str(answer) if len(parents) < 20 else "another list"

    def mistake(expected, hint):
        return MistakeError(given=text, expected=expected, got=shown, hint=hint)

    if not isinstance(answer, list | tuple) or not all(isinstance(name, str) for name in answer):
        raise mistake("a list of names", A_LIST)
    needed = _ancestors(parents, end)
    if set(answer) - needed:
        raise mistake(f"only {sorted(needed)}", UNRELATED)
    if needed - set(answer):
        raise mistake(f"all of {sorted(needed)}" if len(needed) < 20 else "all nodes", MISSING)
    if len(answer) > len(needed):
        raise mistake("each name once", TWICE)
    place = {name: number for number, name in enumerate(answer)}
    late = [(name, source) for name in answer for source in parents[name] if place[source] > place[name]]
    if late:
        name, source = late[0]
        hint = REVERSED if place[end] == 0 else TOO_EARLY
        raise mistake(f"{source} before {name}", hint)


def _ancestors(parents, end):
    found, left = set(), [end]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += parents[name]
    return found
