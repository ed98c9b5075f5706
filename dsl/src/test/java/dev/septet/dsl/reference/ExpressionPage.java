package dev.septet.dsl.reference;

import dev.septet.dsl.expression.Function;
import dev.septet.dsl.expression.Functions;

/** The page of expressions over a row, its functions taken from the table that runs them. */
final class ExpressionPage {
    private static final String HEAD = """
        # Expressions over a row

        `filter`, `map` and `score` take an expression in braces. Septet evaluates it for every row.
        It can read only `row` and the file's constants, and it changes nothing.

        ```groovy
        filter { row.answer.length() > 20 && row.language in ['en', 'de'] }
        map answer: { row.answer.trim() }
        score('polite', above: 0.9) { row.answer =~ '(?i)\\\\b(please|thank)' }
        ```

        * `row.name` is a field of the row. A missing field is `null`. A function or a field of `null` is an
          error that names the row. Every format has `row.prompt` and `row.answer`: the last question and
          answer of a chat, or the instruction and its output.
        * Values are text in quotes, numbers, `true`, `false`, `null`, lists `[a, b]`, and `list[0]`.
        * Operators: `+ - * / %`, `== != < <= > >=`, `&& || !`, `in`, `a ? b : c`. Text `+` a number gives text.
        * `text =~ 'pattern'` is true if the pattern matches a part of the text, and `text ==~ 'pattern'` if
          it matches the whole text. Patterns have characters, classes `[a-z]`, `\\d \\w \\s \\b`,
          `\\p{L}`, groups, `|`, `* + ? {2,5}` (lazy with `?`), `^ $`, and `(?i)` at the start.
          The time of a match is at most proportional to pattern length times text length.
        * One row may take at most 10,000,000 steps. A step is an operation, or a character that is read or
          written. A text has at most 1,048,576 characters, and a list at most 100,000 items. Beyond a
          limit, the stage fails.
        """;

    private ExpressionPage() {}

    static String page() {
        var page = new StringBuilder(HEAD);
        String kind = "";
        for (Function function : Functions.all()) {
            if (!function.follows().equals(kind)) {
                kind = function.follows();
                page.append("\n## Functions of ")
                        .append(kind)
                        .append("\n\n| function | gives | |\n| --- | --- | --- |\n");
            }
            page.append("| `%s` | %s | %s |%n".formatted(function.signature(), function.result(), function.meaning()));
        }
        return page.toString().replace(System.lineSeparator(), "\n");
    }
}
