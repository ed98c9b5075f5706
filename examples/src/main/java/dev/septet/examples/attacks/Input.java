package dev.septet.examples.attacks;

/**
 * One hostile file or request.
 *
 * @param name name of the file
 * @param bytes content of the file or request
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Input(String name, byte[] bytes) {}
