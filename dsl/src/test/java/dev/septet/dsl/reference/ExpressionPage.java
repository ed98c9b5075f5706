package dev.septet.dsl.reference;

import dev.septet.dsl.expression.Function;
import dev.septet.dsl.expression.Functions;

/** The page of expressions over a row, its functions taken from the table that runs them. */
final class ExpressionPage {
    private static final String HEAD = """
            # Expressions over a row

            `filter`, `map` and `score` take an expression in braces. It is evaluated for every row,
            knows nothing but `row` and the file's constants, and changes nothing.

            ```groovy
            filter { row.answer.length() > 20 && row.language in ['en', 'de'] }
            map answer: { row.answer.trim() }
            score('polite', above: 0.9) { row.answer =~ '(?i)\\\\b(please|thank)' }
            ```

            * `row.name` is a field of the row; a field that is missing is `null`, and asking it for
              more is an error that names the row. `row.prompt` and `row.answer` are there in every
              format: the last question and answer of a chat, the instruction and its output.
            * Values are texts in quotes, numbers, `true`, `false`, `null`, lists `[a, b]`, and `list[0]`.
            * Signs: `+ - * / %`, `== != < <= > >=`, `&& || !`, `in`, `a ? b : c`. Text `+` a number is text.
            * `text =~ 'pattern'` is true where the pattern matches somewhere, `text ==~ 'pattern'` where
              it matches all of the text. Patterns have characters, classes `[a-z]`, `\\d \\w \\s \\b`,
              `\\p{L}`, groups, `|`, `* + ? {2,5}` (lazy with `?`), `^ $`, and `(?i)` at the start; they
              never take longer than pattern times text.
            * One row may cost 10,000,000 steps (an operation, or a character read or written), make
              texts of 1,048,576 characters and lists of 100,000 items; more stops the stage.
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
