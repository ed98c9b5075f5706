package dev.septet.dsl.include;

import dev.septet.dsl.parse.Block;
import java.util.Map;

/**
 * A pipeline file with everything that it includes.
 *
 * @param file its statements; included ones are marked by {@link dev.septet.dsl.parse.SourceStatement.From}
 * @param others the included files by their names in problems; each file has its own constants
 */
public record Included(Block file, Map<String, Block> others) {}
