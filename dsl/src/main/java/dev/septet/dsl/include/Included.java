package dev.septet.dsl.include;

import dev.septet.dsl.parse.Block;
import java.util.Map;

/**
 * A pipeline file with all that it includes.
 *
 * @param file its sentences, included ones marked by {@link dev.septet.dsl.parse.SourceStatement.From}
 * @param others the included files by their names in problems, whose constants are their own
 */
public record Included(Block file, Map<String, Block> others) {}
