@org.jspecify.annotations.NullMarked
package dev.septet.workers.serve.reply;
