/** The command line: one class a command. Commands parse, call one thing, print; they hold no mathematics. */
package org.thalweg.cli;
