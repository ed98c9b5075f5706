package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.tree.Calls.Call;
import dev.septet.llm.template.jinja.tree.Calls.Passed;
import dev.septet.llm.template.jinja.tree.Statements.Block;
import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Invocable;
import dev.septet.llm.template.jinja.value.Output;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Tuple;
import dev.septet.llm.template.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Macros, the functions that a template defines. */
public final class Macros {
    private Macros() {}

    public record Parameter(String name, @Nullable TemplateExpression otherwise) {}

    /**
     * @param varargs whether the body uses {@code varargs}
     * @param kwargs whether the body uses {@code kwargs}
     */
    public record Signature(String name, List<Parameter> parameters, boolean varargs, boolean kwargs) {}

    public record Define(Signature signature, Block body) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            frame.scope().set(signature.name(), new Macro(signature, body, frame, out));
            return Flow.NEXT;
        }
    }

    /** {@code {% call %}}: calls a macro and passes it a block as {@code caller}. */
    public record CallBlock(Signature caller, Block body, Call call) implements Statement {
        @Override
        public Flow render(Frame frame, Output out) {
            Macro block = new Macro(caller, body, frame, out);
            Passed passed = call.passed();
            Map<String, TemplateExpression> named = new LinkedHashMap<>(passed.named());
            named.put("caller", new LiteralExpressions.Constant(block));
            Passed withCaller = new Passed(passed.positional(), named, passed.list(), passed.mapping());
            out.append(PythonValues.text(frame.evaluate(new Call(call.of(), withCaller)), frame));
            return Flow.NEXT;
        }
    }

    /** A macro's scope is that of its definition, not that of its calls. */
    record Macro(Signature signature, Block body, Frame defined, Output out) implements Invocable {
        @Override
        public Object call(Arguments given, Frame caller) {
            Frame inner = defined.inner();
            Map<String, Object> named = new LinkedHashMap<>(given.named());
            Object callerBlock = named.remove("caller");
            if (callerBlock != null) {
                inner.scope().set("caller", callerBlock);
            }
            bind(given.positional(), named, inner);
            return body.captured(inner, out);
        }

        private void bind(List<Object> positional, Map<String, Object> named, Frame inner) {
            List<Parameter> parameters = signature.parameters();
            for (int i = 0; i < parameters.size(); i++) {
                Parameter parameter = parameters.get(i);
                Object byName = named.remove(parameter.name());
                if (i < positional.size() && byName != null) {
                    throw new TemplateFault(signature.name() + " got the argument " + parameter.name() + " twice");
                }
                Object value = i < positional.size() ? positional.get(i) : byName;
                if (value == null) {
                    value = parameter.otherwise() == null
                            ? new Undefined("the argument \"" + parameter.name() + "\" was not provided")
                            : inner.evaluate(parameter.otherwise());
                }
                inner.scope().set(parameter.name(), value);
            }
            int left = positional.size() - parameters.size();
            if (left > 0 && !signature.varargs()) {
                throw new TemplateFault(signature.name()
                        + " takes at most "
                        + parameters.size()
                        + " arguments, got "
                        + positional.size());
            }
            if (!named.isEmpty() && !signature.kwargs()) {
                throw new TemplateFault(signature.name()
                        + " has no argument named \""
                        + named.keySet().iterator().next()
                        + "\"");
            }
            int known = Math.min(parameters.size(), positional.size());
            List<Object> rest = positional.subList(known, positional.size());
            inner.scope().set("varargs", new Tuple(new ArrayList<>(rest)));
            inner.scope().set("kwargs", named);
        }
    }
}
