package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.codehaus.groovy.ast.expr.ArgumentListExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.MapEntryExpression;
import org.codehaus.groovy.ast.expr.MapExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.NamedArgumentListExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;

/** Copies words with their values: method calls of Groovy that have the form of a word. */
final class CallReader {
    private final Problems problems;
    private final Positions positions;
    private final ExpressionReader expressions;
    private final StatementReader statements;
    private final Set<String> perRow;

    /** @param perRow words whose braces contain an expression over a row instead of words */
    CallReader(
            Problems problems,
            Positions positions,
            ExpressionReader expressions,
            StatementReader statements,
            Set<String> perRow) {
        this.problems = problems;
        this.positions = positions;
        this.expressions = expressions;
        this.statements = statements;
        this.perRow = perRow;
    }

    SourceTerm read(MethodCallExpression call) {
        boolean word = call.isImplicitThis()
                && call.getMethod().getClass() == ConstantExpression.class
                && ((ConstantExpression) call.getMethod()).getValue() instanceof String
                && !call.isSafe()
                && !call.isSpreadSafe()
                && call.getGenericsTypes() == null;
        if (!word) {
            Misreadings.report(call, problems, positions);
            return new SourceTerm.Refused(positions.of(call));
        }
        String name = call.getMethodAsString();
        if (ParseRefusals.BUILT_IN_NAMES.contains(name)) {
            problems.add(
                    ProblemId.NOT_ALLOWED,
                    positions.of(call.getMethod()),
                    Quote.code(name) + " is not allowed in a pipeline file");
            return new SourceTerm.Refused(positions.of(call));
        }
        return arguments(call, name);
    }

    private SourceTerm arguments(MethodCallExpression call, String name) {
        Expression arguments = call.getArguments();
        if (arguments.getClass() != ArgumentListExpression.class && arguments.getClass() != TupleExpression.class) {
            Misreadings.report(call, problems, positions);
            return new SourceTerm.Refused(positions.of(call));
        }
        var values = new ArrayList<SourceTerm>();
        var options = new ArrayList<SourceTerm.Option>();
        var blocks = new ArrayList<Block>();
        for (Expression argument : ((TupleExpression) arguments).getExpressions()) {
            if (argument.getClass() == MapExpression.class
                    || argument.getClass() == NamedArgumentListExpression.class) {
                options.addAll(options(name, (MapExpression) argument));
            } else if (argument.getClass() == ClosureExpression.class && perRow.contains(name)) {
                values.add(perRow((ClosureExpression) argument));
            } else if (argument.getClass() == ClosureExpression.class) {
                block((ClosureExpression) argument).ifPresent(blocks::add);
            } else {
                values.add(expressions.read(argument));
            }
        }
        if (blocks.size() > 1) {
            problems.add(
                    ProblemId.SYNTAX,
                    blocks.get(1).at(),
                    "a word has one block only",
                    "Put both blocks' lines into one.");
        }
        return new SourceTerm.Call(
                name,
                positions.of(call.getMethod()),
                List.copyOf(values),
                List.copyOf(options),
                blocks.stream().findFirst(),
                positions.of(call));
    }

    private List<SourceTerm.Option> options(String word, MapExpression map) {
        var options = new ArrayList<SourceTerm.Option>();
        for (MapEntryExpression entry : map.getMapEntryExpressions()) {
            Expression key = entry.getKeyExpression();
            if (key.getClass() == ConstantExpression.class
                    && ((ConstantExpression) key).getValue() instanceof String name) {
                options.add(new SourceTerm.Option(
                        name, positions.of(key), optionValue(word, name, entry.getValueExpression())));
            } else {
                problems.add(ProblemId.NOT_ALLOWED, positions.of(entry), "the name of an option is one plain word", "");
            }
        }
        return options;
    }

    private SourceTerm optionValue(String word, String name, Expression value) {
        if (value.getClass() == ClosureExpression.class && perRow.contains(word)) {
            return perRow((ClosureExpression) value);
        }
        if (value.getClass() == ClosureExpression.class) {
            problems.add(
                    ProblemId.SYNTAX,
                    positions.of(value),
                    "%s takes a value, not a block".formatted(Quote.code(name + ":")));
            return new SourceTerm.Refused(positions.of(value));
        }
        return expressions.read(value);
    }

    private SourceTerm perRow(ClosureExpression closure) {
        return new RowExpressionReader(problems, positions, expressions).read(closure);
    }

    private Optional<Block> block(ClosureExpression closure) {
        if (closure.isParameterSpecified() || closure.getParameters() == null) {
            problems.add(
                    ProblemId.NOT_ALLOWED,
                    positions.of(closure),
                    "a block has no parameters: `->` is not allowed in a pipeline file");
            return Optional.empty();
        }
        SourceLocation at = positions.of(closure);
        return Optional.of(new Block(statements.block(closure.getCode()).sentences(), at));
    }
}
