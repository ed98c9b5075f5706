package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.template.jinja.JinjaTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.template.jinja.value.TemplateLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a task that is computed for each row: the name of a column, a Jinja template, or a constant. Templates are
 * interpreted, with limits of steps and characters, and cannot reach anything outside the row.
 */
final class TaskField {
    /** One rendering; a prompt of a million characters is longer than any context. */
    private static final TemplateLimits LIMITS = new TemplateLimits(200_000, 4L << 20, 100);

    private final TaskValue written;
    private final @Nullable String column;
    private final @Nullable JinjaTemplate template;
    private final @Nullable Object constant;
    private final boolean choices;

    private TaskField(
            TaskValue written,
            @Nullable String column,
            @Nullable JinjaTemplate template,
            @Nullable Object constant,
            boolean choices) {
        this.written = written;
        this.column = column;
        this.template = template;
        this.constant = constant;
        this.choices = choices;
    }

    /**
     * Reads a setting.
     *
     * @param columns names of the rows' columns
     * @param choices whether the task has {@code doc_to_choice}: a text of digits is then a number
     */
    static TaskField of(TaskValue written, Set<String> columns, boolean choices) {
        Object value = written.plain();
        if (value instanceof Map<?, ?> map) {
            return new TaskField(written, null, null, List.copyOf(map.values()), choices);
        }
        if (!(value instanceof String text)) {
            return new TaskField(written, null, null, value, choices);
        }
        if (columns.contains(text)) {
            return new TaskField(written, text, null, null, choices);
        }
        try {
            String name = String.format(
                    Locale.ROOT, "%s:%d: `%s`", PublicText.file(written.file()), written.line(), written.name());
            return new TaskField(
                    written, null, JinjaTemplate.parse(name, text, JinjaTemplate.Dialect.TASK), null, choices);
        } catch (TemplateProblem e) {
            throw problem(e);
        }
    }

    private static StageProblem problem(TemplateProblem e) {
        return StageProblem.invalid("benchmark: %s; correct the template".formatted(e.getMessage()));
    }

    /** The value for a row, of {@code doc_to_text}: a text, or the number of a choice. */
    @Nullable
    Object input(Map<String, ? extends @Nullable Object> row) {
        if (template == null) {
            return column == null ? constant : row.get(column);
        }
        String text = rendered(row);
        return choices && digits(text) ? (Object) Long.valueOf(text) : text;
    }

    /** The value for a row, of {@code doc_to_target}: a text, the number of a choice, or a list. */
    @Nullable
    Object target(Map<String, ? extends @Nullable Object> row) {
        Object value = input(row);
        if (template != null && value instanceof String text && text.startsWith("[") && text.endsWith("]")) {
            try {
                return PythonLiteral.of(text);
            } catch (PythonLiteral.NotALiteral plain) {
                return text;
            }
        }
        return value;
    }

    /** The value for a row, of {@code doc_to_choice}. */
    List<String> list(Map<String, ? extends @Nullable Object> row) {
        Object value = column == null ? constant : row.get(column);
        if (template != null) {
            try {
                value = PythonLiteral.of(rendered(row));
            } catch (PythonLiteral.NotALiteral e) {
                throw written.refused("does not print a list", "expected a template such as \"{{[a, b]}}\"");
            }
        }
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw written.refused("is not a list for a row", "each row needs a list of choices");
        }
        List<String> texts = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof String text)) {
                throw written.refused("has a choice that is not a text", "each row needs a list of texts");
            }
            texts.add(text);
        }
        return texts;
    }

    /** The value for a row as text, of {@code description} and {@code gen_prefix}. */
    String text(Map<String, ? extends @Nullable Object> row) {
        Object value = template != null ? rendered(row) : column == null ? constant : row.get(column);
        if (value instanceof String text) {
            return text;
        }
        throw wrong("a text");
    }

    StageProblem wrong(String expected) {
        return written.refused("has another kind of value for a row", "expected " + expected);
    }

    private String rendered(Map<String, ? extends @Nullable Object> row) {
        try {
            return Objects.requireNonNull(template).render(row, null, LIMITS).text();
        } catch (TemplateProblem e) {
            throw problem(e);
        }
    }

    private static boolean digits(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
