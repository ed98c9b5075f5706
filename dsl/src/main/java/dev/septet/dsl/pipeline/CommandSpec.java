package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * A command that receives notifications. The pipeline file has only its name. The worker's operator maps the name to a
 * program and allows it.
 *
 * @param name the program's name among the commands that the operator allows
 */
public record CommandSpec(String name) implements ChannelSpec {
    public CommandSpec {
        require(
                name.matches("[a-z0-9][a-z0-9-]{0,63}"),
                "a command's name has lower-case letters, digits and '-', got '%s'",
                name);
    }
}
