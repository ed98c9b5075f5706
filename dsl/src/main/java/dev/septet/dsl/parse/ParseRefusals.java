package dev.septet.dsl.parse;

import dev.septet.dsl.problem.Quote;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.expr.ArrayExpression;
import org.codehaus.groovy.ast.expr.AttributeExpression;
import org.codehaus.groovy.ast.expr.BitwiseNegationExpression;
import org.codehaus.groovy.ast.expr.CastExpression;
import org.codehaus.groovy.ast.expr.ClassExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.ConstructorCallExpression;
import org.codehaus.groovy.ast.expr.DeclarationExpression;
import org.codehaus.groovy.ast.expr.ElvisOperatorExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.LambdaExpression;
import org.codehaus.groovy.ast.expr.MapExpression;
import org.codehaus.groovy.ast.expr.MethodPointerExpression;
import org.codehaus.groovy.ast.expr.MethodReferenceExpression;
import org.codehaus.groovy.ast.expr.PostfixExpression;
import org.codehaus.groovy.ast.expr.PrefixExpression;
import org.codehaus.groovy.ast.expr.PropertyExpression;
import org.codehaus.groovy.ast.expr.SpreadExpression;
import org.codehaus.groovy.ast.expr.SpreadMapExpression;
import org.codehaus.groovy.ast.expr.UnaryPlusExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.codehaus.groovy.ast.stmt.AssertStatement;
import org.codehaus.groovy.ast.stmt.BreakStatement;
import org.codehaus.groovy.ast.stmt.ContinueStatement;
import org.codehaus.groovy.ast.stmt.DoWhileStatement;
import org.codehaus.groovy.ast.stmt.ForStatement;
import org.codehaus.groovy.ast.stmt.ReturnStatement;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.ast.stmt.SwitchStatement;
import org.codehaus.groovy.ast.stmt.SynchronizedStatement;
import org.codehaus.groovy.ast.stmt.ThrowStatement;
import org.codehaus.groovy.ast.stmt.TryCatchStatement;
import org.codehaus.groovy.ast.stmt.WhileStatement;

/** The names of rejected constructs in messages, in words of the author instead of Groovy's class names. */
final class ParseRefusals {
    /** Names under which Groovy exposes its own objects. */
    static final Set<String> BUILT_IN_NAMES =
            Set.of("this", "super", "it", "delegate", "owner", "thisObject", "metaClass", "class");

    private static final Map<Class<?>, String> STATEMENTS = Map.ofEntries(
            Map.entry(ForStatement.class, "a loop is"),
            Map.entry(WhileStatement.class, "a loop is"),
            Map.entry(DoWhileStatement.class, "a loop is"),
            Map.entry(ReturnStatement.class, "`return` is"),
            Map.entry(BreakStatement.class, "`break` is"),
            Map.entry(ContinueStatement.class, "`continue` is"),
            Map.entry(AssertStatement.class, "`assert` is"),
            Map.entry(ThrowStatement.class, "`throw` is"),
            Map.entry(TryCatchStatement.class, "`try` is"),
            Map.entry(SwitchStatement.class, "`switch` is"),
            Map.entry(SynchronizedStatement.class, "`synchronized` is"));

    private static final Map<Class<?>, String> EXPRESSIONS = Map.ofEntries(
            Map.entry(ConstructorCallExpression.class, "`new` is"),
            Map.entry(CastExpression.class, "a cast is"),
            Map.entry(AttributeExpression.class, "`.@` is"),
            Map.entry(MethodPointerExpression.class, "`.&` is"),
            Map.entry(MethodReferenceExpression.class, "`::` is"),
            Map.entry(SpreadExpression.class, "`*` before a list is"),
            Map.entry(SpreadMapExpression.class, "`*:` is"),
            Map.entry(LambdaExpression.class, "`->` is"),
            Map.entry(ClosureExpression.class, "a block without a word is"),
            Map.entry(PostfixExpression.class, "changing a value is"),
            Map.entry(PrefixExpression.class, "changing a value is"),
            Map.entry(UnaryPlusExpression.class, "a leading `+` is"),
            Map.entry(BitwiseNegationExpression.class, "`~` is"),
            Map.entry(ElvisOperatorExpression.class, "`?:` is"),
            Map.entry(ArrayExpression.class, "an array is"),
            Map.entry(ClassExpression.class, "a class is"),
            Map.entry(MapExpression.class, "a map is"),
            Map.entry(DeclarationExpression.class, "`def` inside an expression is"));

    private ParseRefusals() {}

    /** Subject and verb of the message that rejects a statement. */
    static String of(Statement statement) {
        return STATEMENTS.getOrDefault(statement.getClass(), "this statement is");
    }

    /** Subject and verb of the message that rejects an expression. */
    static String of(Expression expression, Positions positions) {
        String known = EXPRESSIONS.get(expression.getClass());
        if (known != null) {
            return known;
        }
        String code = positions.excerpt(expression);
        return code.isBlank() ? "this is" : Quote.code(code) + " is";
    }

    /** What to write instead of an expression in a pipeline file; empty when no advice is possible. */
    static String instead(Expression expression, Positions positions) {
        if (expression.getClass() != ElvisOperatorExpression.class) {
            return "";
        }
        var elvis = (ElvisOperatorExpression) expression;
        String name = positions.excerpt(elvis.getTrueExpression());
        String otherwise = positions.excerpt(elvis.getFalseExpression());
        if (elvis.getFalseExpression().getClass() != ConstantExpression.class) {
            return "Write one of the two values.";
        }
        return elvis.getTrueExpression().getClass() == VariableExpression.class
                ? "A name is never empty: write only %s. Set the default where the name is declared, such as %s."
                        .formatted(
                                Quote.code(name),
                                Quote.code("def %s = param('%s', %s)".formatted(name, name, otherwise)))
                : "Write one of the two values, such as %s.".formatted(Quote.code(otherwise));
    }

    /** What to write instead of an expression over a row; empty when no advice is possible. */
    static String insteadOverRow(Expression expression, Positions positions) {
        if (expression.getClass() != ElvisOperatorExpression.class) {
            return "";
        }
        var elvis = (ElvisOperatorExpression) expression;
        Expression value = elvis.getTrueExpression();
        String otherwise = positions.excerpt(elvis.getFalseExpression());
        String field = value instanceof PropertyExpression property ? property.getPropertyAsString() : null;
        return field != null && positions.excerpt(value).equals("row." + field)
                ? "Write %s.".formatted(Quote.code("row.has('%s') ? row.%s : %s".formatted(field, field, otherwise)))
                : "Ask first whether the row has the field: `row.has('answer') ? row.answer : ''`.";
    }

    /** Subject and verb of the message that rejects an operator. */
    static String operator(String operator) {
        return switch (operator) {
            case "=" -> "changing a value is";
            case "[" -> "indexing with `[...]` is";
            default -> Quote.code(operator) + " is";
        };
    }
}
