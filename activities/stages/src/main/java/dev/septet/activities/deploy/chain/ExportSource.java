package dev.septet.activities.deploy.chain;

import java.nio.file.Path;

/**
 * What an export is made from, as folders.
 *
 * @param name of the model, as tools show it
 * @param trained a PEFT adapter, or a whole model
 * @param adapter which of the two
 * @param evaluation where model card and scores are
 */
public record ExportSource(String name, Path base, Path trained, boolean adapter, Path dataset, Path evaluation) {}
