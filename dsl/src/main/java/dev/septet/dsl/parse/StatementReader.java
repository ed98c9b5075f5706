package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.DeclarationExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.PropertyExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.codehaus.groovy.ast.stmt.BlockStatement;
import org.codehaus.groovy.ast.stmt.EmptyStatement;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.IfStatement;
import org.codehaus.groovy.ast.stmt.ReturnStatement;
import org.codehaus.groovy.ast.stmt.Statement;

/** Copies Groovy's statements, and rejects every class that it does not name. */
final class StatementReader {
    private final Problems problems;
    private final Positions positions;
    private final ExpressionReader expressions;

    StatementReader(Problems problems, Positions positions, Set<String> perRow) {
        this.problems = problems;
        this.positions = positions;
        expressions = new ExpressionReader(problems, positions, this, perRow);
    }

    Block file(BlockStatement block) {
        return new Block(
                copy(block.getStatements()), SourceLocation.of(problems.source().file()));
    }

    /** The single expression over a row that the text consists of. */
    SourceTerm expression(BlockStatement block) {
        return new RowExpressionReader(problems, positions, expressions)
                .only(block, SourceLocation.of(problems.source().file()));
    }

    Block block(Statement statement) {
        List<Statement> statements =
                statement instanceof BlockStatement block ? block.getStatements() : List.of(statement);
        return new Block(copy(statements), positions.of(statement));
    }

    private List<SourceStatement> copy(List<Statement> statements) {
        var copies = new ArrayList<SourceStatement>();
        for (Statement statement : statements) {
            if (!isNothing(statement)) {
                copies.add(copy(statement));
            }
        }
        return copies;
    }

    private SourceStatement copy(Statement statement) {
        if (statement.getStatementLabels() != null) {
            return refuseLabel(statement);
        }
        if (statement.getClass() == ExpressionStatement.class) {
            return copy((ExpressionStatement) statement);
        }
        if (statement.getClass() == IfStatement.class) {
            var choice = (IfStatement) statement;
            Statement otherwise = choice.getElseBlock();
            return new SourceStatement.Choice(
                    expressions.read(choice.getBooleanExpression().getExpression()),
                    block(choice.getIfBlock()),
                    isNothing(otherwise) ? Optional.empty() : Optional.of(block(otherwise)));
        }
        problems.add(
                ProblemId.NOT_ALLOWED,
                positions.of(statement),
                ParseRefusals.of(statement) + " not allowed in a pipeline file");
        return new SourceStatement.Refused(Optional.empty());
    }

    /** Whether Groovy inserted the statement where the file has none. */
    private static boolean isNothing(Statement statement) {
        return statement instanceof EmptyStatement || statement == ReturnStatement.RETURN_NULL_OR_VOID;
    }

    /** Rejects {@code epochs: 3}, which Groovy parses as a jump label and a 3. */
    private SourceStatement refuseLabel(Statement statement) {
        String word = statement.getStatementLabels().get(0);
        String value = positions.excerpt(statement);
        problems.add(
                ProblemId.SYNTAX,
                positions.before(statement, word),
                "a statement has no `:` after its word",
                statement.getClass() == ExpressionStatement.class
                        ? "Write %s.".formatted(Quote.code(word + " " + value))
                        : "");
        return new SourceStatement.Refused(Optional.of(word));
    }

    private SourceStatement copy(ExpressionStatement statement) {
        var expression = statement.getExpression();
        if (expression.getClass() == DeclarationExpression.class) {
            return constant((DeclarationExpression) expression);
        }
        if (expression.getClass() == MethodCallExpression.class) {
            SourceTerm copy = expressions.read(expression);
            return copy instanceof SourceTerm.Call call
                    ? new SourceStatement.WordCall(call)
                    : new SourceStatement.Refused(firstWord(expression));
        }
        if (expression.getClass() == VariableExpression.class) {
            return bareWord((VariableExpression) expression);
        }
        Misreadings.report(expression, problems, positions);
        return new SourceStatement.Refused(firstWord(expression));
    }

    /** A word without values: the binder reports what is missing. */
    private SourceStatement bareWord(VariableExpression variable) {
        SourceTerm copy = expressions.read(variable);
        if (copy instanceof SourceTerm.Name name) {
            return new SourceStatement.WordCall(
                    new SourceTerm.Call(name.name(), name.at(), List.of(), List.of(), Optional.empty(), name.at()));
        }
        return new SourceStatement.Refused(Optional.empty());
    }

    private SourceStatement constant(DeclarationExpression declaration) {
        boolean one = declaration.getLeftExpression().getClass() == VariableExpression.class;
        if (!one || !declaration.getAnnotations().isEmpty()) {
            problems.add(
                    ProblemId.NOT_ALLOWED,
                    positions.of(declaration),
                    "a constant is one name and its value",
                    "Write `def name = value`.");
            return new SourceStatement.Refused(Optional.empty());
        }
        var variable = (VariableExpression) declaration.getLeftExpression();
        if (!variable.isDynamicTyped()) {
            problems.add(
                    ProblemId.NOT_ALLOWED,
                    positions.of(declaration),
                    "a constant has no type",
                    "Write %s.".formatted(Quote.code("def " + variable.getName() + " = ...")));
        }
        return new SourceStatement.Constant(
                variable.getName(), positions.of(variable), expressions.read(declaration.getRightExpression()));
    }

    /** The word of a rejected statement. */
    private static Optional<String> firstWord(Expression expression) {
        var at = expression;
        while (true) {
            if (at instanceof VariableExpression variable) {
                return Optional.of(variable.getName());
            } else if (at instanceof BinaryExpression binary) {
                at = binary.getLeftExpression();
            } else if (at instanceof PropertyExpression property) {
                at = property.getObjectExpression();
            } else if (at instanceof MethodCallExpression call) {
                if (call.isImplicitThis()) {
                    return Optional.ofNullable(call.getMethodAsString());
                }
                at = call.getObjectExpression();
            } else {
                return Optional.empty();
            }
        }
    }
}
