package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.builtin.TemplateFilters;
import dev.septet.llm.template.jinja.builtin.TemplateTests;
import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Invocable;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls of functions, filters and tests. */
public final class Calls {
    private Calls() {}

    /**
     * @param list expression after {@code *}: further positional arguments
     * @param mapping expression after {@code **}: further named arguments
     */
    public record Passed(
            List<TemplateExpression> positional,
            Map<String, TemplateExpression> named,
            @Nullable TemplateExpression list,
            @Nullable TemplateExpression mapping) {
        public static final Passed NOTHING = new Passed(List.of(), Map.of());

        public Passed(List<TemplateExpression> positional, Map<String, TemplateExpression> named) {
            this(positional, named, null, null);
        }

        Arguments in(Frame frame) {
            List<Object> inOrder = new ArrayList<>(LiteralExpressions.evaluated(positional, frame));
            if (list != null) {
                inOrder.addAll(PythonValues.items(frame.evaluate(list), frame));
            }
            Map<String, Object> values = new LinkedHashMap<>();
            named.forEach((name, value) -> values.put(name, frame.evaluate(value)));
            if (mapping != null) {
                spread(frame.evaluate(mapping), values, frame);
            }
            return new Arguments(inOrder, values);
        }

        private static void spread(Object more, Map<String, Object> values, Frame frame) {
            if (!(more instanceof Map<?, ?> map)) {
                throw new TemplateFault("** expects a mapping, got " + PythonValues.typeName(more));
            }
            frame.budget().steps(map.size());
            map.forEach((name, value) -> {
                if (!(name instanceof String text)) {
                    throw new TemplateFault("** expects names, got " + PythonValues.typeName(name));
                }
                if (values.put(text, value) != null) {
                    throw new TemplateFault("the argument " + text + " is given twice");
                }
            });
        }
    }

    public record Call(TemplateExpression of, Passed passed) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object target = frame.evaluate(of);
            if (target instanceof Undefined undefined) {
                throw undefined.fault();
            }
            if (target instanceof Invocable function) {
                return function.call(passed.in(frame), frame);
            }
            throw new TemplateFault("cannot call " + PythonValues.typeName(target));
        }
    }

    public record Filtered(TemplateExpression of, String filter, Passed passed) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(of);
            frame.work(value);
            return TemplateFilters.named(filter).apply(value, passed.in(frame), frame);
        }
    }

    public record Tested(TemplateExpression of, String test, Passed passed) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(of);
            frame.work(value);
            return TemplateTests.named(test).holds(value, passed.in(frame), frame);
        }
    }
}
