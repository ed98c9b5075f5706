package dev.septet.dsl.expression;

import dev.septet.dsl.problem.SourceLocation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Constant values and list literals. */
final class Literals {
    private Literals() {}

    static Typed of(String text, SourceLocation at) {
        return new Typed(Type.TEXT, (row, meter) -> text, CanonicalText.text(text), Typed.ATOM, at);
    }

    static Typed of(double number, SourceLocation at) {
        Double value = number;
        return new Typed(
                Type.NUMBER,
                (row, meter) -> value,
                CanonicalText.number(number),
                number < 0 ? Typed.SIGN : Typed.ATOM,
                at);
    }

    static Typed of(boolean truth, SourceLocation at) {
        Boolean value = truth;
        return new Typed(Type.TRUTH, (row, meter) -> value, Boolean.toString(truth), Typed.ATOM, at);
    }

    /** A constant of the pipeline file; empty for a value that expressions cannot use. */
    static Optional<Typed> constant(Object value, SourceLocation at) {
        if (value instanceof String text) {
            return Optional.of(of(text, at));
        } else if (value instanceof BigDecimal number) {
            return Optional.of(of(number.doubleValue(), at));
        } else if (value instanceof Boolean truth) {
            return Optional.of(of(truth, at));
        } else if (value instanceof List<?> list) {
            List<Typed> items = new ArrayList<>();
            list.forEach(item -> constant(item, at).ifPresent(items::add));
            return items.size() == list.size() ? Optional.of(list(items, at)) : Optional.empty();
        }
        return Optional.empty();
    }

    static Typed list(List<Typed> items, SourceLocation at) {
        Code code = (row, meter) -> {
            meter.items(items.size());
            List<Object> values = new ArrayList<>(items.size());
            for (Typed item : items) {
                values.add(item.checked(Type.ANY, "[...]", row, meter));
            }
            return values;
        };
        String text = items.stream().map(Typed::text).collect(Collectors.joining(", ", "[", "]"));
        return new Typed(Type.LIST, code, text, Typed.ATOM, at);
    }
}
