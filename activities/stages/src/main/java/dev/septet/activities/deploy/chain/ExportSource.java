package dev.septet.activities.deploy.chain;

import java.nio.file.Path;

/**
 * The sources of an export, as folders.
 *
 * @param name the model's name in tools
 * @param trained a PEFT adapter, or a whole model
 * @param adapter whether {@code trained} is an adapter
 * @param evaluation folder of the model card and the scores
 */
public record ExportSource(String name, Path base, Path trained, boolean adapter, Path dataset, Path evaluation) {}
