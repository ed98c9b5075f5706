package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.problem.SourceText;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.PropertyExpression;
import org.codehaus.groovy.syntax.SyntaxException;

/** Converts Groovy's positions to locations. Some of Groovy's nodes have no position. */
final class Positions {
    private final SourceText source;

    Positions(SourceText source) {
        this.source = source;
    }

    SourceLocation of(ASTNode node) {
        if (node.getLineNumber() < 1) {
            return SourceLocation.of(source.file());
        }
        return new SourceLocation(
                source.file(),
                node.getLineNumber(),
                node.getColumnNumber(),
                node.getLastLineNumber(),
                node.getLastColumnNumber());
    }

    /** The location from the first node to the end of the second. */
    SourceLocation from(ASTNode first, ASTNode last) {
        SourceLocation start = of(leftmost(first));
        SourceLocation end = of(last);
        return start.hasLine() && end.hasLine()
                ? new SourceLocation(source.file(), start.line(), start.column(), end.endLine(), end.endColumn())
                : start;
    }

    /** The node where a chain begins: Groovy's position of {@code a.b.c} is that of {@code c} only. */
    private static ASTNode leftmost(ASTNode node) {
        ASTNode at = node;
        while (true) {
            ASTNode object = null;
            if (at instanceof PropertyExpression property) {
                object = property.getObjectExpression();
            } else if (at instanceof MethodCallExpression call) {
                object = call.isImplicitThis() ? null : call.getObjectExpression();
            }
            if (object == null || object.getLineNumber() < 1) {
                return at;
            }
            at = object;
        }
    }

    SourceLocation of(SyntaxException e) {
        int line = Math.min(Math.max(e.getLine(), 1), source.lines().size());
        int column = Math.max(e.getStartColumn(), 1);
        int end = e.getEndLine() == line ? Math.max(e.getEndColumn(), column + 1) : column + 1;
        return new SourceLocation(source.file(), line, column, line, end);
    }

    String excerpt(ASTNode node) {
        return source.excerpt(from(node, node));
    }

    /** The source from the first node to the end of the second, if both are in the same line. */
    String excerpt(ASTNode first, ASTNode last) {
        return source.excerpt(from(first, last));
    }

    /** The location of the last occurrence of a word before the node, in the node's line. */
    SourceLocation before(ASTNode node, String word) {
        SourceLocation at = of(node);
        String line = source.line(at.line());
        int end = line.offsetByCodePoints(0, Math.max(at.column() - 1, 0));
        int start = line.lastIndexOf(word, end);
        return start < 0
                ? at
                : SourceLocation.of(source.file(), at.line(), line.codePointCount(0, start) + 1, word.length());
    }

    /** Whether this character, ignoring white space, is directly before the node in its line. */
    boolean follows(ASTNode node, char character) {
        String line = source.line(node.getLineNumber());
        int end = Math.min(Math.max(node.getColumnNumber() - 1, 0), line.length());
        return line.substring(0, end).stripTrailing().endsWith(String.valueOf(character));
    }
}
