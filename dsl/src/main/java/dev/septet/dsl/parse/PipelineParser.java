package dev.septet.dsl.parse;

import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Parses the bytes of a pipeline file to a syntax tree. */
public final class PipelineParser {
    /** The largest size of a file in bytes. */
    public static final int MAX_BYTES = FileLimits.BYTES;

    private PipelineParser() {}

    /**
     * The result of parsing a file.
     *
     * @param problems all problems so far, with the source text
     * @param file the allowed statements; empty when the text is not valid Groovy
     */
    public record Parsed(Problems problems, Optional<Block> file) {}

    /**
     * Parses a file. For any bytes the result comes within seconds, and nothing in them is executed.
     *
     * @param name the file's name in problems
     * @param braces words that take braces
     */
    public static Parsed parse(String name, byte[] bytes, BraceSyntax braces) {
        Problems problems = decoded(name, bytes);
        if (problems.count() == 0) {
            Characters.check(problems);
        }
        if (problems.count() == 0) {
            ForeignFormat.check(problems);
        }
        if (problems.count() == 0) {
            PreScan.check(problems);
        }
        if (problems.count() > 0) {
            return new Parsed(problems, Optional.empty());
        }
        if (problems.source().text().isBlank()) {
            return new Parsed(problems, Optional.of(empty(name)));
        }
        Deadline.Answer<Block> answer = Deadline.read(problems, reader -> reader.file(braces));
        return new Parsed(answer.problems(), answer.read());
    }

    /** An expression over a row, and its problems. */
    public record ParsedExpression(Problems problems, Optional<SourceTerm> expression) {}

    /** Parses a text that is one expression over a row, with the rules and limits of a file. */
    public static ParsedExpression expression(String name, String text) {
        Problems problems = decoded(name, text.getBytes(StandardCharsets.UTF_8));
        if (problems.count() == 0) {
            Characters.check(problems);
            PreScan.check(problems);
        }
        if (problems.count() > 0) {
            return new ParsedExpression(problems, Optional.empty());
        }
        Deadline.Answer<SourceTerm> answer = Deadline.read(problems, GroovyReader::expression);
        return new ParsedExpression(answer.problems(), answer.read());
    }

    private static Problems decoded(String name, byte[] bytes) {
        SourceBytes.Decoded decoded = SourceBytes.decode(name, bytes);
        var problems = new Problems(decoded.source());
        decoded.problem().ifPresent(p -> problems.add(p.id(), p.location(), p.message(), p.hint()));
        return problems;
    }

    private static Block empty(String name) {
        return new Block(List.of(), SourceLocation.of(name));
    }
}
