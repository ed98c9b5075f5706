package dev.septet.llm.template.jinja.value;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call: positional, then named. */
public record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** All arguments except the first positional ones. */
    public Arguments rest(int skipped) {
        return new Arguments(positional.subList(skipped, positional.size()), named);
    }

    /** Binds the arguments to the parameters of a built-in function. */
    public Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new TemplateFault(
                    function + " takes at most " + parameters.length + " arguments, got " + positional.size());
        }
        @Nullable Object[] values = new @Nullable Object[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
        }
        named.forEach((name, value) -> {
            int index = List.of(parameters).indexOf(name);
            if (index < 0) {
                throw new TemplateFault(function + " has no argument named \"" + name + "\"");
            }
            if (values[index] != null) {
                throw new TemplateFault(function + " got the argument " + name + " twice");
            }
            values[index] = value;
        });
        return new Bound(function, parameters, values);
    }

    /** Bound arguments of a built-in function, indexed by its parameters. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one call
    public record Bound(
            String function, String[] parameters, @Nullable Object[] values) {
        public Object required(int index) {
            Object value = values[index];
            if (value == null) {
                throw new TemplateFault(function + " lacks its argument " + parameters[index]);
            }
            return value;
        }

        public Object get(int index, Object otherwise) {
            Object value = values[index];
            return value == null ? otherwise : value;
        }

        public boolean flag(int index, boolean otherwise) {
            Object value = values[index];
            return value == null ? otherwise : PythonValues.truthy(value);
        }

        public long integer(int index, long otherwise) {
            Object value = values[index];
            if (value == null) {
                return otherwise;
            }
            Long number = PythonNumbers.integer(value);
            if (number != null) {
                return number;
            }
            throw new TemplateFault(function + " expects a whole number for " + parameters[index] + ", got "
                    + PythonValues.typeName(value));
        }

        public String text(int index) {
            Object value = required(index);
            if (value instanceof String text) {
                return text;
            }
            throw new TemplateFault(
                    function + " expects text for " + parameters[index] + ", got " + PythonValues.typeName(value));
        }

        /** Null if it is missing or none. */
        @Nullable
        String optionalText(int index) {
            Object value = values[index];
            return value == null || value == NoneValue.NONE ? null : text(index);
        }
    }
}
