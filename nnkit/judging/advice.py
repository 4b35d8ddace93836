"""What to add to an exception's own words, where they say too little."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nnkit.judging import advice_kinds

ADVICE = (
    *advice_kinds.ADVICE,
    (
        "ValueError",
        "truth value of an array",
        "`if`, `while`, `and`, `not`, `in` and Python's max() decide once, and an "
        "array of comparisons is many decisions. Which of NumPy's functions decide "
        "entry by entry?",
    ),
    (
        "TypeError",
        "converted to Python scalars",
        "`int`, `float` and the functions of `math` take one number, and this is an "
        "array. NumPy has functions for whole arrays; or which entry do you need?",
    ),
    (
        "TypeError",
        "unsized object|over a 0-d array",
        "This array is a single number, of shape (): it has no length, and no entries "
        "to go through. Is there something else to count by, which arrays of every "
        "shape have?",
    ),
    (
        "OverflowError",
        "range error|out of range|to float",
        "The number that was to be computed is too large for a float. Which operand "
        "grows without bound here, and can you write the formula without it?",
    ),
    (
        "OverflowError|ValueError",
        "(infinity|NaN) to integer",
        "What is ∞ or nan (0 by 0, say, or the logarithm of a number below 0) cannot "
        "be made a whole number. With which inputs does it come to that, and what "
        "does the task ask for there?",
    ),
    (
        "UFuncTypeError",
        r"to dtype\('u?int\d+'\) with casting rule",
        "An array of whole numbers cannot take in fractions: `-=`, `+=` and `*=` write "
        "into the array that is there. Which dtype should it have?",
    ),
    (
        "ValueError",
        "mismatch in its core dimension|not aligned",
        "Write down the shapes of the two factors: the two axes that meet in a product "
        "must have the same size. In `A @ B` these are the last axis of A and the "
        "first of B, if B has at most two.",
    ),
    (
        "ValueError",
        "does not have enough dimensions",
        "`@` multiplies arrays, and one of the two operands is none: a single number, "
        "None, or a function without the brackets of its call. Print both.",
    ),
    (
        "ValueError",
        "could not broadcast input array|broadcast to indexing result",
        "What is stored has another shape than the place that it goes to. Is a size "
        "there written as a number that should come from the inputs?",
    ),
    (
        "ValueError|IndexError",
        "could not be broadcast together with shapes",
        "Write down the shapes of the two arrays, flush right: above each other there "
        "must be equal numbers, or a 1.",
    ),
    (
        "ValueError",
        "non-broadcastable output",
        "`+=` and its like write into the array on the left, and the result has "
        "another shape than that. Should it be an array of its own?",
    ),
    (
        "ValueError",
        "destination is read-only",
        "This array only shows what is stored for another one, and cannot be written "
        "into. A `.copy()` of it can.",
    ),
    (
        "ValueError",
        "math domain error|expected a (positive|nonnegative) input",
        "A function of `math` has no value there: the logarithm of 0, say, or the root "
        "of a number below 0. Print what it is given.",
    ),
    (
        "ValueError",
        "negative integer powers",
        "Negative powers are fractions, and an array of whole numbers has none. With "
        "a power of floats that works.",
    ),
    (
        "ValueError|TypeError",
        "values to unpack|cannot unpack non-iterable",
        "On the left, or behind `for`, stand more or fewer names than there are values "
        "to go into them. Print what is taken apart. (Pairs come from `enumerate` and, "
        "of a dict, from `.items()`.)",
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
        "list assignment index",
        "A list has the entries that were put into it, and `[i] = ...` replaces one of "
        "them: it adds none. What makes a list longer, or an array of the right size?",
    ),
    (
        "IndexError",
        "out of ",
        "Indices count from 0, so that the last one is the size less 1. Print this "
        "index, and the size of what it points into.",
    ),
    (
        "IndexError",
        "too many indices",
        "There are more indices in the brackets than the array has axes. Print its "
        ".shape: what has become of the axis that you count on?",
    ),
    (
        "IndexError",
        "boolean index did not match",
        "The condition in the brackets has another shape than the array before them. "
        "Print both: of which array did you mean to ask it?",
    ),
    (
        "IndexError",
        "valid indices|used as indices",
        "What stands in the square brackets is no index: print it. `/` gives no whole "
        "number, and a loop over an array goes through its entries, not their indices.",
    ),
    (
        "KeyError",
        "",
        "There is no such key. Print the keys that there are: they are compared letter "
        "by letter, and a position is none.",
    ),
    (
        "ZeroDivisionError",
        "",
        "With which inputs is that divisor 0, and what does the text ask for there?",
    ),
    (
        "UnboundLocalError",
        "",
        "To set a variable anywhere in a function makes it the function's own, and "
        "this one has no value yet. Where does it get its first: in a branch or a loop "
        "that this call does not go through, or nowhere above this line?",
    ),
    (
        "TypeError",
        "only integer scalar arrays",
        "An array stands where one whole number was expected: a size, an index of a "
        "list, or an axis. If it is the second argument of a function: what does the "
        "function take there?",
    ),
    (
        "TypeError",
        "'[a-z.]*float[0-9]*' object cannot be interpreted|sequence of integers or a|"
        "slice indices must be",
        "A count, a size, an axis or a place to cut has to be a whole number, and `/` "
        "never gives one, not even where nothing is left over.",
    ),
    (
        "TypeError",
        "as a data type",
        "The second argument is the dtype. A shape of several sizes is one argument, "
        "in brackets of its own.",
    ),
    (
        "TypeError",
        r"ufunc 'bitwise_xor'|for \^:",
        "In Python `^` is no power: that is written `**`.",
    ),
    (
        "TypeError",
        r"ufunc 'bitwise_(and|or)'|for [&|]:",
        "`&` and `|` bind more strongly than `>` and `<`: comparisons on both sides of "
        "them need brackets of their own.",
    ),
    (
        "TypeError",
        "boolean (subtract|negative)",
        "A comparison gives truth values, which have no minus. To calculate with them "
        "as 0 and 1, make numbers of them first.",
    ),
    (
        "TypeError",
        "format string passed to",
        "This format is one for a single number, and what stands there is none.",
    ),
    (
        "TypeError",
        "loop of ufunc does not support|supported for the input types",
        "NumPy calculates with numbers, and what goes in here, or an entry of it, is "
        "none. Print it and its dtype: from what was it put together?",
    ),
    (
        "RecursionError",
        "",
        "A function calls itself, again and again, before the first of these calls has "
        "ended. What should end it, and is it meant to call itself at all?",
    ),
    (
        "ValueError",
        "setting an array element",
        "Where one number was expected there is an array. Print the .shape of what you "
        "store or put together: do its entries have one and the same?",
    ),
)
"""Exceptions that say too little: their names, words of the message, what to add.

Names and words are regular expressions; the first entry that fits is taken.
"""


def advice(error: Mapping[str, Any]) -> str:
    """Return a sentence for the exceptions that puzzle people most; "" for others."""
    for kinds, words, said in ADVICE:
        if re.fullmatch(kinds, error["type"]) and re.search(words, error["message"]):
            return f". {said}"
    return ""
