package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import java.util.Optional;
import java.util.Set;
import org.codehaus.groovy.ast.ModuleNode;
import org.codehaus.groovy.control.CompilationFailedException;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.SourceUnit;
import org.codehaus.groovy.control.messages.SyntaxErrorMessage;
import org.codehaus.groovy.syntax.SyntaxException;

/**
 * Runs Groovy's parser up to its syntax tree. No later phase of Groovy's compiler runs, so no transform, class or
 * script is ever executed.
 */
final class GroovyReader {
    private final Problems problems;
    private final Positions positions;

    GroovyReader(Problems problems) {
        this.problems = problems;
        positions = new Positions(problems.source());
    }

    /**
     * The tree of the allowed statements; empty when the text is not Groovy.
     *
     * @param braces words that take braces
     */
    Optional<Block> file(BraceSyntax braces) {
        return tree(braces)
                .map(module ->
                        new StatementReader(problems, positions, braces.perRow()).file(module.getStatementBlock()));
    }

    /** Parses the text as one expression over a row; empty when it is not Groovy. */
    Optional<SourceTerm> expression() {
        return tree(BraceSyntax.NONE)
                .map(module ->
                        new StatementReader(problems, positions, Set.of()).expression(module.getStatementBlock()));
    }

    private Optional<ModuleNode> tree(BraceSyntax braces) {
        var unit = SourceUnit.create(problems.source().file(), problems.source().text());
        try {
            unit.parse();
            unit.completePhase();
            unit.nextPhase();
            unit.convert();
        } catch (MultipleCompilationErrorsException e) {
            e.getErrorCollector().getErrors().stream()
                    .filter(SyntaxErrorMessage.class::isInstance)
                    .map(message -> ((SyntaxErrorMessage) message).getCause())
                    .forEach(problem -> report(problem, braces));
            return unreadable();
        } catch (CompilationFailedException e) {
            return unreadable();
        }
        ModuleNode module = unit.getAST();
        Declarations.refuseAll(module, problems, positions);
        return Optional.of(module);
    }

    private void report(SyntaxException e, BraceSyntax braces) {
        SourceLocation at = positions.of(e);
        if (BraceMap.report(problems, at, braces)) {
            return;
        }
        SyntaxMessages.Words words = SyntaxMessages.of(
                String.valueOf(e.getOriginalMessage()),
                problems.source().excerpt(SourceLocation.of(at.file(), at.line(), at.column(), 1)));
        problems.add(ProblemId.SYNTAX, at, words.message(), words.hint());
    }

    private Optional<ModuleNode> unreadable() {
        if (problems.count() == 0) {
            problems.add(
                    ProblemId.SYNTAX,
                    SourceLocation.of(problems.source().file()),
                    "an expression in the file cannot be read",
                    "Write it simpler; a statement is `word value, option: value { block }`.");
        }
        return Optional.empty();
    }
}
