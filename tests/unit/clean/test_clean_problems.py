from __future__ import annotations

from importer.clean import AddColumn, ChangeCase, DropColumns, JoinColumns, Recipe, RecipeProblem, RenameColumn, Trim


def test_every_problem_is_told_with_its_operation_and_the_column_meant():
    recipe = Recipe((Trim(("phone",)), ChangeCase("phone", "lower"), Trim(("town",)), AddColumn("email", "")))
    assert recipe.problems(("email", "Phone")) == (
        RecipeProblem(
            1,
            "phone",
            "Phone",
            False,
            'Operation 1 needs column "phone"; the list has no such column. '
            'Did you mean "Phone"? Map it, or take the operation out.',
        ),
        RecipeProblem(
            3,
            "town",
            None,
            False,
            'Operation 3 needs column "town"; the list has no such column. '
            "Take the operation out, or load a list that has it.",
        ),
        RecipeProblem(
            4,
            "email",
            None,
            True,
            'Operation 4 makes column "email"; the list has such a column already. '
            "Take the operation out, or rename the column first.",
        ),
    )


def test_mapping_what_is_offered_leaves_no_problem():
    recipe = Recipe((Trim(("phone",)), RenameColumn("phone", "tel"), Trim(("tel",))))
    (problem,) = recipe.problems(("Phone",))
    assert recipe.renamed(problem.column, problem.near).problems(("Phone",)) == ()


def test_a_name_that_the_recipe_makes_itself_is_not_mapped():
    recipe = Recipe((Trim(("phone",)), JoinColumns(("phone", "x"), "", "phone", keep=False), Trim(("phone",))))
    assert recipe.renamed("phone", "Tel").operations[2] == Trim(("phone",))
    assert recipe.renamed("phone", "Tel").problems(("Tel", "x")) == ()


def test_a_column_that_went_may_be_made_anew():
    assert Recipe((DropColumns(("a",)), AddColumn("a", "x"))).problems(("a",)) == ()
