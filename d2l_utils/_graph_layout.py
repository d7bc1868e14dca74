"""Where the boxes of a graph stand: in layers from top to bottom, so that every arrow points down.

The method of Sugiyama: layers by the longest way, points where long edges pass, and then an order within each layer
that keeps the crossings few.
"""

from itertools import pairwise

GAP = 0.25  # inches between neighbours in a layer
POINT = 0.15  # the room of a passing edge


def layers(count, edges, leaves):
    """Give the layer of each of `count` boxes; a leaf stands just above its first use."""
    after = [[] for _ in range(count)]
    waiting = [0] * count
    for start, end in edges:
        after[start].append(end)
        waiting[end] += 1
    level, ready = [0] * count, [box for box in range(count) if not waiting[box]]
    while ready:
        box = ready.pop()
        for end in after[box]:
            level[end] = max(level[end], level[box] + 1)
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    for box in leaves:
        if after[box]:
            level[box] = min(level[end] for end in after[box]) - 1
    return level


def place(sizes, edges, leaves):
    """Give (x of each box, its layer, for each edge the x of its bends {layer: x}, the width of it all)."""
    level = layers(len(sizes), edges, leaves)
    widths = dict(enumerate(width for width, _ in sizes))
    rows = [[] for _ in range(max(level) + 1)]
    for box, row in enumerate(level):
        rows[row].append(box)
    links, bends = [], []
    for number, (start, end) in enumerate(edges):
        chain = [start]
        for row in range(level[start] + 1, level[end]):
            point = (number, row)
            widths[point] = POINT
            rows[row].append(point)
            chain.append(point)
        chain.append(end)
        bends.append(chain[1:-1])
        links += pairwise(chain)
    above, below = {}, {}
    for start, end in links:
        below.setdefault(start, []).append(end)
        above.setdefault(end, []).append(start)
    xs = {}
    for row in rows:
        _spread(row, {item: number for number, item in enumerate(row)}, widths, xs)
    for sweep in range(12):
        near, ordered = (above, rows) if sweep % 2 == 0 else (below, rows[::-1])
        for row in ordered:
            wanted = {item: _mean([xs[other] for other in near.get(item, [])], xs[item]) for item in row}
            row.sort(key=wanted.get)
            _spread(row, wanted, widths, xs)
    left = min(xs[item] - widths[item] / 2 for item in xs)
    right = max(xs[item] + widths[item] / 2 for item in xs)
    points = [{row: xs[number, row] - left for number, row in chain} for chain in bends]
    return [xs[box] - left for box in range(len(sizes))], level, points, right - left


def _mean(values, otherwise):
    return sum(values) / len(values) if values else otherwise


def _spread(row, wanted, widths, xs):
    """Set x of each of a row as near to where it is wanted as the order and the widths allow."""
    clusters = []  # [sum of wanted places of the left end, number of items, width so far, items]
    for item in row:
        cluster = [wanted[item], 1, [(item, 0.0)], widths[item] + GAP]
        centre = widths[item] / 2
        cluster[0] -= centre
        while clusters and clusters[-1][0] / clusters[-1][1] + clusters[-1][3] > cluster[0] / cluster[1]:
            before = clusters.pop()
            shifted = [(other, offset + before[3]) for other, offset in cluster[2]]
            total = before[0] + cluster[0] - before[3] * cluster[1]
            cluster = [total, before[1] + cluster[1], before[2] + shifted, before[3] + cluster[3]]
        clusters.append(cluster)
    for total, number, items, _ in clusters:
        for item, offset in items:
            xs[item] = total / number + offset + widths[item] / 2
