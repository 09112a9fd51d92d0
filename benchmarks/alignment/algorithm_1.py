"""Algorithm 1 of arXiv 2509.11348 on one layer in NumPy and SciPy, as anyone would write it: what the programs beside this
compare Thalweg with. Whoever imports it must have set the number of BLAS threads before.

A layer has `experts`, `maps` (of each expert), `gate` [experts d], and three functions: `gram(expert, map)` gives a matrix
whose rows are hidden units, and perhaps biases behind, [h d]; `unit(expert, map)` one whose rows are hidden units alone;
`rest(expert)` a vector that no order of units moves, or None.
"""
import time

import numpy as np
from scipy.optimize import linear_sum_assignment


class Clock:
    """Seconds by part: each lap counts from the lap before."""

    def __init__(self):
        self.seconds, self.last = {}, time.perf_counter()

    def lap(self, part):
        now = time.perf_counter()
        self.seconds[part] = self.seconds.get(part, 0) + now - self.last
        self.last = now


def gate_costs(a, b):
    """Eq 10. Rows of routers [n d], which a softmax leaves free up to a common row."""
    def centred(rows):
        rows = rows.astype(np.float64)
        return rows - rows.mean(axis=0)
    return np.linalg.norm(centred(a)[:, None, :] - centred(b)[None, :, :], axis=2)


def gram_distances(x, y):
    """Squared distances of XᵀX and YᵀY for all pairs; each X is [h d]."""
    (h, d), n = x[0].shape, len(x)
    if n * h * d * d + n * n * d * d <= n * n * h * h * d:
        left = np.stack([(m.T @ m).ravel() for m in x])
        right = np.stack([(m.T @ m).ravel() for m in y])
        products = left @ right.T
        own, other = ((side ** 2).sum(axis=1) for side in (left, right))
    else:
        products = np.array([[np.sum((m @ k.T) ** 2) for k in y] for m in x])
        own, other = (np.array([np.sum((m @ m.T) ** 2) for m in side]) for side in (x, y))
    return np.maximum(0, own[:, None] + other[None, :] - 2 * products)


def expert_costs(a, b, clock):
    """Eq 11."""
    squares = 0
    for number in range(a.maps):
        x, y = ([side.gram(expert, number) for expert in range(side.experts)] for side in (a, b))
        clock.lap("reading")
        squares = squares + gram_distances(x, y)
        clock.lap("expert cost")
    return np.sqrt(squares)


def units(a, b, expert, source, clock):
    """For each hidden unit of an expert of A the unit of one of B, and the similarity that is reached."""
    similarity = 0
    for number in range(a.maps):
        x, y = a.unit(expert, number), b.unit(source, number)
        clock.lap("reading")
        similarity = similarity + x @ y.T
        clock.lap("products of hidden units")
    rows, columns = linear_sum_assignment(similarity, maximize=True)
    reached = float(similarity[rows, columns].astype(np.float64).sum())
    if a.rest(expert) is not None:
        reached += float(a.rest(expert) @ b.rest(source))
    clock.lap("orders of hidden units")
    return columns, reached


def algorithm_1(a, b, clock):
    """Both orders of the experts, with the units of each matched pair; a pair that both have is matched once."""
    orders = {"by_gate": linear_sum_assignment(gate_costs(a.gate, b.gate))[1]}
    clock.lap("gate cost and order")
    costs = expert_costs(a, b, clock)
    orders["by_expert"] = linear_sum_assignment(costs)[1]
    clock.lap("expert order")
    known, found = {}, {}
    for way, order in orders.items():
        for pair in enumerate(order.tolist()):
            if pair not in known:
                known[pair] = units(a, b, *pair, clock)
        pairs = [known[pair] for pair in enumerate(order.tolist())]
        found[way] = {"order": order.tolist(), "similarity": sum(reached for _, reached in pairs),
                      "units": [columns for columns, _ in pairs]}
    return found
