package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.parse.LineProblem;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Output;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import java.util.List;

/** The statements except loops and macros. */
public final class Statements {
    private Statements() {}

    public record At(int line, Statement statement) {}

    /** A sequence of statements; adds the line to their faults. */
    public record Block(List<At> statements) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            for (At at : statements) {
                try {
                    frame.budget().step();
                    Flow flow = at.statement().render(frame, out);
                    if (flow != Flow.NEXT) {
                        return flow;
                    }
                } catch (TemplateFault fault) {
                    throw new LineProblem(at.line(), String.valueOf(fault.getMessage()));
                }
            }
            return Flow.NEXT;
        }

        String captured(Frame frame, Output out) {
            Output inner = out.captured();
            render(frame, inner);
            return inner.toString();
        }
    }

    public record Text(String text) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            out.append(text);
            return Flow.NEXT;
        }
    }

    public record Print(TemplateExpression value) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            out.append(PythonValues.text(frame.evaluate(value), frame));
            return Flow.NEXT;
        }
    }

    public record Branch(TemplateExpression test, Block body) {}

    public record If(List<Branch> branches, Block otherwise) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            for (Branch branch : branches) {
                if (frame.test(branch.test())) {
                    return branch.body().render(frame, out);
                }
            }
            return otherwise.render(frame, out);
        }
    }

    public record SetValue(AssignmentTarget target, TemplateExpression value) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            target.assign(frame, frame.evaluate(value));
            return Flow.NEXT;
        }
    }

    /**
     * A {@code set} block, whose filtered text becomes a value.
     *
     * @param filtered the filters, applied to {@link #body}
     */
    public record SetBlock(AssignmentTarget target, Block body, Captured captured, TemplateExpression filtered)
            implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            target.assign(frame, captured.filter(body, filtered, frame, out));
            return Flow.NEXT;
        }
    }

    public record FilterBlock(Block body, Captured captured, TemplateExpression filtered) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            out.append(PythonValues.text(captured.filter(body, filtered, frame, out), frame));
            return Flow.NEXT;
        }
    }

    /** The text of a block, as the first operand of a chain of filters. */
    public record Captured(String name) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object text = frame.scope().find(name);
            return text == null ? "" : text;
        }

        Object filter(Block body, TemplateExpression filtered, Frame frame, Output out) {
            Frame inner = frame.inner();
            inner.scope().set(name, body.captured(frame.inner(), out));
            return inner.evaluate(filtered);
        }
    }

    public record With(List<SetValue> values, Block body) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            Frame inner = frame.inner();
            for (SetValue value : values) {
                value.target().assign(inner, frame.evaluate(value.value()));
            }
            return body.render(inner, out);
        }
    }

    /** {@code {% generation %}}: marks the assistant's text, which carries loss. */
    public record Generation(Block body) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            int start = out.length();
            Flow flow = body.render(frame, out);
            out.markGenerated(start);
            return flow;
        }
    }

    public record Jump(Flow flow) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            return flow;
        }
    }
}
