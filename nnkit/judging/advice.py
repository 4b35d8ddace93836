"""What to add to an exception's own words, where they say too little."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ADVICE = (
    (
        "ValueError",
        "truth value of an array",
        "`if`, `and` and Python's max() decide once, and an array of comparisons is "
        "many decisions. Which of NumPy's functions decide entry by entry?",
    ),
    (
        "TypeError",
        "converted to Python scalars",
        "The functions of `math` take one number, and this is an array. NumPy has the "
        "same functions for whole arrays.",
    ),
    (
        "OverflowError",
        "",
        "The number that was to be computed is too large for a float. Which operand "
        "grows without bound here, and can you write the formula without it?",
    ),
    (
        "UFuncTypeError",
        "casting rule",
        "An array of whole numbers cannot take in fractions: `-=`, `+=` and `*=` write "
        "into the array that is there. Which dtype should it have?",
    ),
    (
        "ValueError",
        "mismatch in its core dimension",
        "Write down the shapes of the two factors: the last axis of the first has to "
        "be as long as the first axis of the second that it meets.",
    ),
    (
        "ValueError",
        "does not have enough dimensions",
        "`@` multiplies arrays, and one of the two here is a single number. Print "
        "both: which of them did you expect to have entries?",
    ),
    (
        "ValueError",
        "could not broadcast input array",
        "What is stored has another shape than the place that it goes to. Is a size "
        "there written as a number that should come from the inputs?",
    ),
    (
        "ValueError",
        "could not be broadcast",
        "Write down the shapes of the two arrays, flush right: above each other there "
        "must be equal numbers, or a 1.",
    ),
    (
        "ValueError",
        "math domain error",
        "A function of `math` has no value there: the logarithm of 0, say, or the root "
        "of a number below 0. Print what it is given.",
    ),
    (
        "TypeError",
        "multiply sequence by non-int|unsupported operand.*'tuple'",
        "One of the two operands is a tuple or a list, not a number. Print both: "
        "which of them holds several things, and which one of these do you need?",
    ),
    (
        "ModuleNotFoundError",
        "",
        "There is no such module where this ran: can the answer do without it?",
    ),
    (
        "NameError",
        "is not defined",
        "Is it spelled as it is where it is defined, is that in a cell above this one, "
        "and has that cell run since the kernel was started? A notebook is graded from "
        "the top down.",
    ),
    (
        "AxisError",
        "",
        "How many axes does that array have? Print its .shape.",
    ),
    (
        "IndexError",
        "out of ",
        "Indices count from 0, so that the last one is the size less 1. Print this "
        "index, and the size of what it points into.",
    ),
    (
        "ZeroDivisionError",
        "",
        "With which inputs is that divisor 0, and what does the text ask for there?",
    ),
    (
        "UnboundLocalError",
        "",
        "Which branch gives it a value, and is that the one which this call takes?",
    ),
    (
        "TypeError",
        "NoneType",
        "Something is None here. What fills or sorts an array in place returns None, "
        "and so does a function without `return`.",
    ),
    (
        "TypeError",
        "only integer scalar arrays",
        "An array stands where one whole number was expected: an index, a size, or an "
        "axis. Which is the second argument of the function that you call?",
    ),
    (
        "TypeError",
        "interpreted as an integer",
        "A count or a size has to be a whole number, and `/` never gives one, not even "
        "where nothing is left over.",
    ),
    (
        "TypeError",
        "object is not callable",
        "What stands before the round bracket is no function. Is a `*` missing there, "
        "or is it a text that names what you want to call?",
    ),
    (
        "TypeError",
        "positional argument|takes no arguments",
        "The call and the first line of the function that it calls do not agree on "
        "the arguments. With which ones your function is called, the task says.",
    ),
    (
        "TypeError",
        r"bitwise_xor|for \^:",
        "In Python `^` is no power: that is written `**`.",
    ),
    (
        "TypeError",
        "'function'|'method'|function_or_method",
        "A function stands where what it returns was meant: its name, without the "
        "round brackets of a call.",
    ),
    (
        "TypeError",
        "unsupported operand.*'list'",
        "Python's lists do not calculate: `-`, `*` and `/` go through the entries of "
        "arrays alone. Where does the list come from?",
    ),
    (
        "TypeError",
        "list indices must be",
        "A list takes one index, a whole number. Several at once, as in `A[i, j]`, or "
        "a whole array of them take an array.",
    ),
    (
        "AttributeError",
        "'list' object",
        "This is a list. `np.array(...)` makes an array of a list of numbers, and that "
        "has more to offer.",
    ),
    (
        "AttributeError",
        "module 'numpy'",
        "NumPy has nothing of this name. Is it misspelt, or is it something that you "
        "have to write out yourself?",
    ),
    (
        "UFuncTypeError",
        r"dtype\('<U",
        "One of the operands is text. Going through a dict, or taking it apart, gives "
        "its keys; `d[key]` and `d.values()` give what they stand for.",
    ),
    (
        "RecursionError",
        "",
        "A function calls itself, about a thousand times before the first of these "
        "calls has ended. What should end it, and is it meant to call itself at all?",
    ),
    (
        "ValueError",
        "setting an array element",
        "Where one number was expected there is an array. Print the .shape of what you "
        "store or put together: do its entries have one and the same?",
    ),
)
"""Exceptions that say too little: type, words in the message, what to add.

The words are a regular expression; the first entry that fits is taken.
"""


def advice(error: Mapping[str, Any]) -> str:
    """Return a sentence for the exceptions that puzzle people most; "" for others."""
    for kind, words, said in ADVICE:
        if error["type"] == kind and re.search(words, error["message"]):
            return f". {said}"
    return ""
