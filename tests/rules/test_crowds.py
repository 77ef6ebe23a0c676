"""Whether a line waits with others of its product or of its supplier: the limit is two, and it goes by each line."""

import pytest

from watch.rules.crowds import Crowds, Subject

P, Q, S, T = 1, 2, 10, 20
OF_P, OF_Q, OF_S = Subject(product_id=P), Subject(product_id=Q), Subject(supplier_id=S)

# name: what was written down within the hour, what waits for a person, the next line, where each of three such waits.
NEXT = {
    "nothing before": ({}, [], (P, S), [None, None, OF_P]),
    "nobody's that is known": ({}, [], (P, None), [None, None, OF_P]),
    "the product is beyond": ({(P, None): (2, 0)}, [], (P, S), [OF_P] * 3),
    "the supplier is beyond with other goods": ({(Q, S): (1, 1), (P, S): (1, 1)}, [], (P, S), [OF_S] * 3),
    "the goods of other suppliers count for the product": ({(P, T): (1, 1), (P, S): (1, 1)}, [], (P, S), [OF_P] * 3),
    "another supplier's": ({(Q, T): (1, 1), (Q, None): (0, 0)}, [], (P, S), [None, None, OF_P]),
    "of nobody nothing is added up": ({(Q, None): (2, 2), (3, None): (2, 2)}, [], (P, None), [None, None, OF_P]),
    "the product's is open": ({}, [OF_P], (P, S), [OF_P] * 3),
    "the supplier's is open": ({}, [OF_S], (P, S), [OF_S] * 3),
    "the supplier's is open and the product beyond": ({(P, T): (2, 2)}, [OF_S], (P, S), [OF_S] * 3),
    "both are open": ({}, [OF_S, OF_P], (P, S), [OF_P] * 3),
    "the goods with an incident of their own": ({(Q, S): (5, 5)}, [OF_Q], (P, S), [None, None, OF_P]),
    "both come to be too many together": ({(P, S): (2, 2)}, [], (P, S), [OF_P] * 3),
    "let go for one of them": ({(Q, S): (2, 0)}, [], (P, S), [None, None, OF_P]),
}  # fmt: skip


@pytest.mark.parametrize("name", NEXT)
def test_in_which_incident_a_line_waits(name):
    made, waiting, (product, supplier), then = NEXT[name]
    crowds = Crowds(made=made, waiting=waiting, most=2)
    assert [crowds.beyond(product=product, supplier=supplier) for _ in range(3)] == then


def test_lines_of_one_supplier_over_many_products_come_to_one_incident():
    crowds = Crowds(made={}, waiting=[], most=2)
    assert [crowds.beyond(product=n, supplier=S) for n in range(5)] == [None, None, OF_S, OF_S, OF_S]


def test_once_goods_have_their_incident_the_supplier_is_not_told_of_for_the_same_lines():
    crowds = Crowds(made={}, waiting=[], most=2)
    lines = [(P, S), (P, S), (P, S), (Q, S), (3, S), (4, S), (P, S)]
    found = [crowds.beyond(product=product, supplier=supplier) for product, supplier in lines]
    assert found == [None, None, OF_P, None, None, OF_S, OF_P]


def test_what_waits_for_the_supplier_is_not_counted_for_its_goods():
    crowds = Crowds(made={(Q, S): (2, 2)}, waiting=[], most=2)
    lines = [(P, S), (P, S), (P, S), (P, T), (P, T), (P, T)]
    found = [crowds.beyond(product=product, supplier=supplier) for product, supplier in lines]
    assert found == [OF_S, OF_S, OF_S, None, None, OF_P]


def test_the_figure_of_the_rules_itself():
    crowds = Crowds(made={}, waiting=[], most=200)
    found = [crowds.beyond(product=n, supplier=S) for n in range(202)]
    assert (found.count(None), found[199:]) == (200, [None, OF_S, OF_S])
