package dev.septet.llm.template.jinja;

import dev.septet.llm.template.jinja.builtin.Globals;
import dev.septet.llm.template.jinja.parse.LineProblem;
import dev.septet.llm.template.jinja.parse.StatementParser;
import dev.septet.llm.template.jinja.tree.Statements;
import dev.septet.llm.template.jinja.value.Budget;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Output;
import dev.septet.llm.template.jinja.value.PlainValues;
import dev.septet.llm.template.jinja.value.Scope;
import dev.septet.llm.template.jinja.value.Span;
import dev.septet.llm.template.jinja.value.TemplateLimits;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed template, which can be rendered repeatedly. Thread-safe. */
public final class JinjaTemplate {
    private static final int MAX_SOURCE = 1 << 20;

    private final String name;
    private final Statements.Block body;
    private final Dialect dialect;

    private JinjaTemplate(String name, Statements.Block body, Dialect dialect) {
        this.name = name;
        this.body = body;
        this.dialect = dialect;
    }

    /** The options of jinja2's environment. */
    public enum Dialect {
        /** Chat templates, as transformers renders them: trims blocks; what is undefined prints as nothing. */
        CHAT,
        /** Tasks of lm-evaluation-harness: keeps all white space; what is undefined may not be used. */
        TASK
    }

    /**
     * The result of a rendering.
     *
     * @param text the rendered text
     * @param generated the parts inside {@code {% generation %}} tags
     */
    public record Rendering(String text, List<Span> generated) {}

    /** Parses a chat template, as {@link #parse(String, String, Dialect)}. */
    public static JinjaTemplate parse(String name, String source) {
        return parse(name, source, Dialect.CHAT);
    }

    /**
     * Parses a template.
     *
     * @param name name of the template in error messages, such as its file
     * @throws TemplateProblem at the first mistake, with its line
     */
    public static JinjaTemplate parse(String name, String source, Dialect dialect) {
        if (source.length() > MAX_SOURCE) {
            throw new TemplateProblem(
                    name, "is " + source.length() + " characters long, expected at most " + MAX_SOURCE);
        }
        try {
            return new JinjaTemplate(name, StatementParser.parse(source, dialect == Dialect.CHAT), dialect);
        } catch (LineProblem e) {
            throw new TemplateProblem(name, e.line(), e.reason());
        }
    }

    /**
     * Renders the template with plain data: text, numbers, booleans, nulls, lists and maps with
     * text keys.
     *
     * @param clock clock of {@code strftime_now}; without one, the function does not exist
     * @throws TemplateProblem when the template fails, rejects the data, or exceeds the limits
     */
    public Rendering render(Map<String, ?> variables, @Nullable Clock clock, TemplateLimits limits) {
        Budget budget = new Budget(limits);
        Output out = new Output(budget, true);
        Scope scope = new Scope(Globals.scope(clock));
        variables.forEach((variable, value) -> scope.set(variable, PlainValues.of(value)));
        try {
            body.render(new Frame(scope, budget, dialect == Dialect.TASK), out);
        } catch (LineProblem e) {
            throw new TemplateProblem(name, e.line(), e.reason());
        }
        return new Rendering(out.toString(), List.copyOf(out.generated()));
    }
}
