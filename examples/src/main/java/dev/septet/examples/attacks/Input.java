package dev.septet.examples.attacks;

/**
 * One hostile file or request.
 *
 * @param name of the file
 * @param bytes its content
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Input(String name, byte[] bytes) {}
