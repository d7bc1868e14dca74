"""Who updates the parameters: the server, as by default, or each worker for itself (`update_on_kvstore=False`)?

Two workers take one step with a learning rate of 0, after which every parameter must be what it was. `changed` counts
the workers in which one is not, `largest_change` is by how much at most. Seven launches
of the first, fifteen of the second.
"""

from d2l_utils.experiments._launched import answers

GRID = [
    {"seed": seed, "update_on_kvstore": on_server}
    for seed in range(0, 150, 10)
    for on_server in (True, False)
    if seed < 70 or not on_server
]


def run(seed, update_on_kvstore):
    """Launch two workers for one step."""
    changes = [answer["change"] for answer in answers("race", 2, update_on_kvstore=update_on_kvstore, seed=seed)]
    return {"changed": sum(change > 0 for change in changes), "largest_change": max(changes)}
