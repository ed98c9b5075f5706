package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;
import java.util.List;

/** Statements between braces, or a whole file. */
public record Block(List<SourceStatement> sentences, SourceLocation at) {
    public Block {
        sentences = List.copyOf(sentences);
    }
}
