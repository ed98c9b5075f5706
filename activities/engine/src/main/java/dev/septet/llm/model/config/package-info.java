/** The shape of a model: config.json of each family, checked, with its layers and their sizes. */
@NullMarked
package dev.septet.llm.model.config;

import org.jspecify.annotations.NullMarked;
