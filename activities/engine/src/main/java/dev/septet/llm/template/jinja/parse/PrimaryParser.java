package dev.septet.llm.template.jinja.parse;

import dev.septet.llm.template.jinja.parse.Token.Kind;
import dev.septet.llm.template.jinja.tree.Accesses.Attribute;
import dev.septet.llm.template.jinja.tree.Accesses.Item;
import dev.septet.llm.template.jinja.tree.Accesses.Name;
import dev.septet.llm.template.jinja.tree.Accesses.Slice;
import dev.septet.llm.template.jinja.tree.Calls.Call;
import dev.septet.llm.template.jinja.tree.Calls.Filtered;
import dev.septet.llm.template.jinja.tree.Calls.Passed;
import dev.septet.llm.template.jinja.tree.Calls.Tested;
import dev.septet.llm.template.jinja.tree.LiteralExpressions;
import dev.septet.llm.template.jinja.tree.LiteralExpressions.Constant;
import dev.septet.llm.template.jinja.tree.Operations;
import dev.septet.llm.template.jinja.tree.TemplateExpression;
import dev.septet.llm.template.jinja.value.NoneValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses literals and names, followed by attributes, subscripts, calls, filters and tests. */
final class PrimaryParser {
    private static final Set<String> AFTER_TEST = Set.of("else", "or", "and", "is");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final Set<String> names;

    /**
     * @param names collects every name that is read, to find the names that a macro uses
     */
    PrimaryParser(TokenStream tokens, ExpressionParser expressions, Set<String> names) {
        this.tokens = tokens;
        this.expressions = expressions;
        this.names = names;
    }

    TemplateExpression primary() {
        Token token = tokens.peek();
        switch (token.kind()) {
            case NAME -> {
                tokens.next();
                names.add(token.text());
                return named(token.text());
            }
            case STRING -> {
                return new Constant(strings());
            }
            case INTEGER -> {
                tokens.next();
                return new Constant(integer(token));
            }
            case FLOAT -> {
                tokens.next();
                return new Constant(Double.parseDouble(token.text()));
            }
            default -> {
                return bracketed(token);
            }
        }
    }

    private static TemplateExpression named(String name) {
        return switch (name) {
            case "true", "True" -> new Constant(true);
            case "false", "False" -> new Constant(false);
            case "none", "None" -> new Constant(NoneValue.NONE);
            default -> new Name(name);
        };
    }

    private String strings() {
        StringBuilder text = new StringBuilder();
        while (tokens.peek().is(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return text.toString();
    }

    private static long integer(Token token) {
        String digits = token.text();
        char second = digits.length() > 1 ? Character.toLowerCase(digits.charAt(1)) : ' ';
        int base = second == 'x' ? 16 : second == 'o' ? 8 : second == 'b' ? 2 : 10;
        try {
            return Long.parseLong(base == 10 ? digits : digits.substring(2), base);
        } catch (NumberFormatException e) {
            throw new LineProblem(token.line(), "the number " + digits + " is too large");
        }
    }

    private TemplateExpression bracketed(Token token) {
        if (tokens.acceptOperator("(")) {
            TemplateExpression inner =
                    tokens.peek().isOperator(")") ? new LiteralExpressions.TupleOf(List.of()) : expressions.tuple(true);
            tokens.expectOperator(")");
            return inner;
        }
        if (tokens.acceptOperator("[")) {
            List<TemplateExpression> items = new ArrayList<>();
            while (!tokens.acceptOperator("]")) {
                items.add(expressions.expression());
                separator("]");
            }
            return new LiteralExpressions.ListOf(items);
        }
        if (tokens.acceptOperator("{")) {
            List<LiteralExpressions.Entry> entries = new ArrayList<>();
            while (!tokens.acceptOperator("}")) {
                TemplateExpression key = expressions.expression();
                tokens.expectOperator(":");
                entries.add(new LiteralExpressions.Entry(key, expressions.expression()));
                separator("}");
            }
            return new LiteralExpressions.MapOf(entries);
        }
        throw new LineProblem(token.line(), "found " + token.words() + ", expected a value");
    }

    /** Accepts a comma, or the closing bracket, which the caller reads. */
    private void separator(String close) {
        if (!tokens.acceptOperator(",") && !tokens.peek().isOperator(close)) {
            throw tokens.expected("\",\" or \"" + close + "\"");
        }
    }

    TemplateExpression postfix(TemplateExpression start) {
        TemplateExpression value = start;
        while (true) {
            if (tokens.acceptOperator(".")) {
                value = attribute(value);
            } else if (tokens.acceptOperator("[")) {
                value = subscript(value);
            } else if (tokens.acceptOperator("(")) {
                value = new Call(value, passed());
            } else {
                return value;
            }
        }
    }

    private TemplateExpression attribute(TemplateExpression of) {
        if (tokens.peek().is(Kind.INTEGER)) {
            return new Item(of, new Constant(integer(tokens.next())));
        }
        return new Attribute(
                of, tokens.expect(Kind.NAME, "a name after the dot").text());
    }

    private TemplateExpression subscript(TemplateExpression of) {
        @Nullable TemplateExpression start = tokens.peek().isOperator(":") ? null : expressions.expression();
        if (start != null && tokens.acceptOperator("]")) {
            return new Item(of, start);
        }
        tokens.expectOperator(":");
        @Nullable TemplateExpression stop = slicePart();
        @Nullable TemplateExpression step = tokens.acceptOperator(":") ? slicePart() : null;
        tokens.expectOperator("]");
        return new Slice(of, start, stop, step);
    }

    private @Nullable TemplateExpression slicePart() {
        Token token = tokens.peek();
        boolean missing = token.isOperator(":") || token.isOperator("]");
        return missing ? null : expressions.expression();
    }

    /** Parses the arguments of a call after its opening bracket. */
    private Passed passed() {
        List<TemplateExpression> positional = new ArrayList<>();
        Map<String, TemplateExpression> named = new LinkedHashMap<>();
        @Nullable TemplateExpression list = null;
        @Nullable TemplateExpression mapping = null;
        while (!tokens.acceptOperator(")")) {
            Token token = tokens.peek();
            if (mapping != null || (list != null && token.isOperator("*"))) {
                throw new LineProblem(
                        token.line(), "no argument may follow here: *list may occur once, and **mapping is the last");
            }
            if (tokens.acceptOperator("*")) {
                list = expressions.expression();
            } else if (tokens.acceptOperator("**")) {
                mapping = expressions.expression();
            } else if (token.is(Kind.NAME) && tokens.peek(1).isOperator("=")) {
                tokens.next();
                tokens.next();
                named.put(token.text(), expressions.expression());
            } else if (named.isEmpty() && list == null) {
                positional.add(expressions.expression());
            } else {
                throw new LineProblem(token.line(), "an argument without a name follows a named one");
            }
            separator(")");
        }
        return new Passed(positional, named, list, mapping);
    }

    TemplateExpression filters(TemplateExpression start) {
        TemplateExpression value = start;
        while (true) {
            if (tokens.acceptOperator("|")) {
                value = filter(value);
            } else if (tokens.acceptName("is")) {
                value = test(value);
            } else if (tokens.peek().isOperator("(")) {
                value = postfix(value);
            } else {
                return value;
            }
        }
    }

    TemplateExpression filter(TemplateExpression of) {
        String name = dotted("the name of a filter");
        Passed passed = tokens.acceptOperator("(") ? passed() : Passed.NOTHING;
        return new Filtered(of, name, passed);
    }

    private TemplateExpression test(TemplateExpression of) {
        boolean negated = tokens.acceptName("not");
        String name = dotted("the name of a test");
        Passed passed = Passed.NOTHING;
        if (tokens.acceptOperator("(")) {
            passed = passed();
        } else if (startsArgument(tokens.peek())) {
            passed = new Passed(List.of(postfix(primary())), Map.of());
        }
        TemplateExpression test = new Tested(of, name, passed);
        return negated ? new Operations.Not(test) : test;
    }

    private static boolean startsArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !AFTER_TEST.contains(token.text()) && !token.text().equals("if");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }

    private String dotted(String words) {
        StringBuilder name = new StringBuilder(tokens.expect(Kind.NAME, words).text());
        while (tokens.acceptOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME, words).text());
        }
        return name.toString();
    }
}
