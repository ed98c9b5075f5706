package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;
import java.util.List;

/** The statements between braces, or of a whole file. */
public record Block(List<SourceStatement> sentences, SourceLocation at) {
    public Block {
        sentences = List.copyOf(sentences);
    }
}
