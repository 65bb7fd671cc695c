// SPDX-License-Identifier: Apache-2.0
// toml++ (Debian: libtomlplusplus-dev 3.3), header only and without exceptions of its own; the standard library's are caught here.
// Some wrong texts (a table header that begins with a dot) run into assertions of 3.3: they are made errors, in every build.
#undef NDEBUG
namespace {
struct failed_check {};
[[noreturn]] void fail_check() { throw failed_check{}; }
}  // namespace
#define TOML_ASSERT(expression) ((expression) ? static_cast<void>(0) : fail_check())
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "ctoml.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <new>
#include <sstream>
#include <string>
#include <vector>

struct ctoml_document {
  std::vector<ctoml_node> nodes;
  std::deque<std::string> strings;  // a deque: growing never moves a string that a node points at
};

namespace {

void keep(ctoml_document &document, std::string_view text, const char *&pointer, size_t &length) {
  if (text.empty()) {
    pointer = "";
    length = 0;
    return;
  }
  const std::string &kept = document.strings.emplace_back(text);
  pointer = kept.data();
  length = kept.size();
}

template <typename Date>
std::string written(const Date &date) {
  std::ostringstream stream;
  stream << date;
  return stream.str();
}

// A key of so many parts is nobody's, and what walks a tree that deep would run out of stack. Values have the parser's own limit.
constexpr size_t most_dots = 1000;

// Where the comment or string that begins at `at` is over; `at` where none does. What is not ended runs to the end of its line, as the parser
// sees it; quotes in front of three that end a string belong to it.
size_t after_words(std::string_view text, size_t at) {
  const auto end_of_line = [&] { return std::min(text.find('\n', at), text.size()); };
  const char quote = text[at];
  if (quote == '#') return end_of_line();
  if (quote != '"' && quote != '\'') return at;
  const bool is_long = text.substr(at, 3) == std::string(3, quote);
  for (size_t i = at + (is_long ? 3 : 1); i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == '\n' && !is_long) {
      return i;
    } else if (text[i] == quote) {
      if (!is_long) return i + 1;
      if (text.substr(i, 3) != std::string(3, quote)) continue;
      i += 3;
      for (int more = 0; more < 2 && i < text.size() && text[i] == quote; ++more) ++i;
      return i;
    }
  }
  return text.size();
}

// The first line with a key of more parts than that; 0 = there is none. What is in a string or a comment is no key's.
uint32_t deep_line(std::string_view text) {
  uint32_t line = 1;
  size_t dots = 0;
  for (size_t i = 0; i < text.size();) {
    if (const size_t end = after_words(text, i); end != i) {
      line += static_cast<uint32_t>(std::count(text.begin() + i, text.begin() + end, '\n'));
      i = end;
      continue;
    }
    switch (text[i++]) {
      case '.':
        if (++dots > most_dots) return line;
        break;
      case '\n': ++line; [[fallthrough]];
      case '=': case ',': case '[': case ']': case '{': case '}': dots = 0; break;
      default: break;
    }
  }
  return 0;
}

// Appends `node` and what is in it. Depth is bounded by the parser's own limit on nesting, and by deep_line.
void append(ctoml_document &document, const toml::node &node, const toml::key *key, uint32_t parent, uint32_t index) {
  ctoml_node out{};
  out.parent = parent;
  out.index = index;
  out.string = "";
  out.key = "";
  if (key) {
    out.key_line = key->source().begin.line;
    out.key_column = key->source().begin.column;
    keep(document, key->str(), out.key, out.key_length);
  }
  out.line = node.source().begin.line;
  out.column = node.source().begin.column;
  if (node.is_table()) {
    out.type = CTOML_TABLE;
  } else if (node.is_array()) {
    out.type = CTOML_ARRAY;
  } else if (const auto *string = node.as_string()) {
    out.type = CTOML_STRING;
    keep(document, string->get(), out.string, out.string_length);
  } else if (const auto *integer = node.as_integer()) {
    out.type = CTOML_INTEGER;
    out.integer = integer->get();
    out.real = static_cast<double>(integer->get());
  } else if (const auto *real = node.as_floating_point()) {
    out.type = CTOML_REAL;
    out.real = real->get();
  } else if (const auto *boolean = node.as_boolean()) {
    out.type = CTOML_BOOLEAN;
    out.integer = boolean->get() ? 1 : 0;
  } else {
    out.type = CTOML_DATE;
    std::string text;
    if (const auto *date = node.as_date()) text = written(date->get());
    if (const auto *time = node.as_time()) text = written(time->get());
    if (const auto *both = node.as_date_time()) text = written(both->get());
    keep(document, text, out.string, out.string_length);
  }
  const uint32_t self = static_cast<uint32_t>(document.nodes.size());
  document.nodes.push_back(out);
  if (const auto *table = node.as_table()) {
    for (const auto &[name, child] : *table) append(document, child, &name, self, 0);
  } else if (const auto *array = node.as_array()) {
    uint32_t position = 0;
    for (const auto &child : *array) append(document, child, nullptr, self, position++);
  }
}

void say(ctoml_error *error, uint32_t line, uint32_t column, std::string_view text) {
  if (!error) return;
  error->line = line;
  error->column = column;
  const size_t length = text.size() < sizeof(error->text) - 1 ? text.size() : sizeof(error->text) - 1;
  std::memcpy(error->text, text.data(), length);
  error->text[length] = 0;
}

// Whether the first `length` bytes run into an assertion.
bool fails(const char *text, size_t length) {
  try {
    (void)toml::parse(std::string_view{text, length});
    return false;
  } catch (const failed_check &) {
    return true;
  }
}

// The line in which an assertion fails: the shortest run of whole lines that does so, by bisection. What stands before it was
// read without objection.
uint32_t failing_line(const char *text, size_t length) try {
  std::vector<size_t> ends;
  for (size_t at = 0; at < length; ++at) {
    if (text[at] == '\n' || at + 1 == length) ends.push_back(at + 1);
  }
  size_t low = 0, high = ends.empty() ? 0 : ends.size() - 1;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (fails(text, ends[middle])) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return static_cast<uint32_t>(low + 1);
} catch (...) {
  return 0;  // out of memory: the place stays unknown
}

}  // namespace

extern "C" ctoml_document *ctoml_parse(const char *text, size_t length, ctoml_error *error) {
  try {
    if (const uint32_t line = deep_line(std::string_view{text ? text : "", text ? length : 0})) {
      say(error, line, 1, "a key of this line has more than 1000 parts");
      return nullptr;
    }
    toml::parse_result result = toml::parse(std::string_view{text ? text : "", text ? length : 0});
    if (!result) {
      const auto &wrong = result.error();
      say(error, wrong.source().begin.line, wrong.source().begin.column, wrong.description());
      return nullptr;
    }
    ctoml_document *document = new ctoml_document;
    try {
      append(*document, result.table(), nullptr, 0, 0);
    } catch (...) {
      delete document;
      throw;
    }
    return document;
  } catch (const failed_check &) {
    say(error, failing_line(text, length), 1, "a key or value in this line is malformed");
  } catch (const std::bad_alloc &) {
    say(error, 0, 0, "there is not enough memory to read it");
  } catch (...) {
    say(error, 0, 0, "it cannot be read");
  }
  return nullptr;
}

extern "C" uint32_t ctoml_count(const ctoml_document *document) {
  return document ? static_cast<uint32_t>(document->nodes.size()) : 0;
}

extern "C" const ctoml_node *ctoml_at(const ctoml_document *document, uint32_t index) {
  return document && index < document->nodes.size() ? &document->nodes[index] : nullptr;
}

extern "C" void ctoml_free(ctoml_document *document) { delete document; }
