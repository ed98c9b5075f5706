package dev.septet.workers.cli.ui;

import java.util.Map;

/**
 * A page between two others.
 *
 * @param facts what the person should read before the next page, by their names
 * @param address the next page
 * @param label words of the link to it
 * @param goesOn whether the browser goes on by itself
 */
public record UiStep(
        String title, String text, Map<String, String> facts, String address, String label, boolean goesOn) {}
