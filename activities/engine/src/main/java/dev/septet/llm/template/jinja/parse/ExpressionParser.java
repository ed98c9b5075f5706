package dev.septet.llm.template.jinja.parse;

import dev.septet.llm.template.jinja.parse.Token.Kind;
import dev.septet.llm.template.jinja.tree.LiteralExpressions;
import dev.septet.llm.template.jinja.tree.Operations.And;
import dev.septet.llm.template.jinja.tree.Operations.Arithmetic;
import dev.septet.llm.template.jinja.tree.Operations.Comparison;
import dev.septet.llm.template.jinja.tree.Operations.Concatenation;
import dev.septet.llm.template.jinja.tree.Operations.Conditional;
import dev.septet.llm.template.jinja.tree.Operations.Not;
import dev.septet.llm.template.jinja.tree.Operations.Operand;
import dev.septet.llm.template.jinja.tree.Operations.Or;
import dev.septet.llm.template.jinja.tree.Operations.Signed;
import dev.septet.llm.template.jinja.tree.TemplateExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions, from the operator with the lowest precedence to the highest. {@link
 * PrimaryParser} parses the rest.
 */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> SUMS = Set.of("+", "-");
    private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");

    private final TokenStream tokens;
    private final PrimaryParser primary;

    ExpressionParser(TokenStream tokens, Set<String> names) {
        this.tokens = tokens;
        this.primary = new PrimaryParser(tokens, this, names);
    }

    PrimaryParser primary() {
        return primary;
    }

    /** One expression, or a tuple of several separated by commas. */
    TemplateExpression tuple(boolean withConditional) {
        List<TemplateExpression> items = new ArrayList<>();
        boolean comma = false;
        do {
            if (!items.isEmpty() && endsTuple()) {
                break;
            }
            items.add(withConditional ? expression() : or());
            comma |= tokens.peek().isOperator(",");
        } while (tokens.acceptOperator(","));
        return comma ? new LiteralExpressions.TupleOf(items) : items.get(0);
    }

    private boolean endsTuple() {
        Token token = tokens.peek();
        return token.is(Kind.CLOSE_OUTPUT) || token.is(Kind.CLOSE_TAG) || token.isOperator(")");
    }

    TemplateExpression expression() {
        tokens.enter();
        TemplateExpression value = or();
        while (tokens.acceptName("if")) {
            TemplateExpression test = or();
            @Nullable TemplateExpression otherwise = tokens.acceptName("else") ? expression() : null;
            value = new Conditional(test, value, otherwise);
        }
        tokens.leave();
        return value;
    }

    TemplateExpression or() {
        TemplateExpression left = and();
        while (tokens.acceptName("or")) {
            left = new Or(left, and());
        }
        return left;
    }

    private TemplateExpression and() {
        TemplateExpression left = not();
        while (tokens.acceptName("and")) {
            left = new And(left, not());
        }
        return left;
    }

    private TemplateExpression not() {
        if (tokens.acceptName("not")) {
            tokens.enter();
            TemplateExpression of = not();
            tokens.leave();
            return new Not(of);
        }
        return comparison();
    }

    private TemplateExpression comparison() {
        TemplateExpression first = sum();
        List<Operand> rest = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            if (token.is(Kind.OPERATOR) && COMPARISONS.contains(token.text())) {
                tokens.next();
                rest.add(new Operand(token.text(), sum()));
            } else if (tokens.acceptName("in")) {
                rest.add(new Operand("in", sum()));
            } else if (token.isName("not") && tokens.peek(1).isName("in")) {
                tokens.next();
                tokens.next();
                rest.add(new Operand("not in", sum()));
            } else {
                return rest.isEmpty() ? first : new Comparison(first, rest);
            }
        }
    }

    private TemplateExpression sum() {
        TemplateExpression left = concatenation();
        while (isOperator(SUMS)) {
            String operator = tokens.next().text();
            left = new Arithmetic(operator, left, concatenation());
        }
        return left;
    }

    private TemplateExpression concatenation() {
        List<TemplateExpression> parts = new ArrayList<>(List.of(product()));
        while (tokens.acceptOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.get(0) : new Concatenation(parts);
    }

    private TemplateExpression product() {
        TemplateExpression left = power();
        while (isOperator(PRODUCTS)) {
            String operator = tokens.next().text();
            left = new Arithmetic(operator, left, power());
        }
        return left;
    }

    private TemplateExpression power() {
        TemplateExpression left = unary(true);
        while (tokens.acceptOperator("**")) {
            left = new Arithmetic("**", left, unary(true));
        }
        return left;
    }

    TemplateExpression unary(boolean withFilters) {
        tokens.enter();
        TemplateExpression value;
        if (isOperator(SUMS)) {
            String sign = tokens.next().text();
            value = new Signed(sign, unary(false));
        } else {
            value = primary.primary();
        }
        value = primary.postfix(value);
        if (withFilters) {
            value = primary.filters(value);
        }
        tokens.leave();
        return value;
    }

    private boolean isOperator(Set<String> operators) {
        Token token = tokens.peek();
        return token.is(Kind.OPERATOR) && operators.contains(token.text());
    }
}
