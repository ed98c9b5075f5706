package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Literal values in a template. */
public final class LiteralExpressions {
    private LiteralExpressions() {}

    public record Constant(Object value) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            return value;
        }
    }

    public record ListOf(List<TemplateExpression> items) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            return evaluated(items, frame);
        }
    }

    public record TupleOf(List<TemplateExpression> items) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            return new Tuple(evaluated(items, frame));
        }
    }

    public record Entry(TemplateExpression key, TemplateExpression value) {}

    public record MapOf(List<Entry> entries) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (Entry entry : entries) {
                Object key = frame.evaluate(entry.key());
                if (!PythonValues.isKey(key)) {
                    throw new TemplateFault("a mapping cannot have " + PythonValues.typeName(key) + " as a key");
                }
                map.put(key, frame.evaluate(entry.value()));
            }
            return map;
        }
    }

    static List<Object> evaluated(List<TemplateExpression> items, Frame frame) {
        List<Object> values = new ArrayList<>(items.size());
        for (TemplateExpression item : items) {
            values.add(frame.evaluate(item));
        }
        return values;
    }
}
