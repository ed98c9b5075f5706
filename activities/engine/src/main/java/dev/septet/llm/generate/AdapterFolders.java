package dev.septet.llm.generate;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds adapter folders by name. A changed adapter should get a new name, because a loaded adapter
 * is not reloaded.
 */
@FunctionalInterface
public interface AdapterFolders {
    /** No adapters. */
    AdapterFolders NONE = name -> Optional.empty();

    /** The folder of the PEFT adapter with this name; empty if there is none. */
    Optional<Path> folder(String name);
}
