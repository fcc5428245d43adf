// Reads an ELF file's header, section table and dynamic symbols, trusting none of its numbers.
//
// Not boost::dll::library_info: in Boost 1.74 that reads .symtab, which a stripped library no longer has, and takes its
// names from whichever string table comes last.
#include "engine/plugins/elf_exports.hpp"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <optional>

namespace sentinel::plugins {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif

class ElfFile {
 public:
  explicit ElfFile(const std::filesystem::path& path) : in_(path, std::ios::binary) {
    in_.seekg(0, std::ios::end);
    size_ = in_ ? static_cast<std::uint64_t>(in_.tellg()) : 0;
  }
  bool is_readable() const { return in_.good(); }

  // `count` values of T at that place, or nothing where the file ends before.
  template <class T>
  std::optional<std::vector<T>> read(std::uint64_t place, std::uint64_t count) {
    if (place > size_ || count > (size_ - place) / sizeof(T)) return std::nullopt;
    std::vector<T> values(static_cast<std::size_t>(count));
    in_.clear();
    in_.seekg(static_cast<std::streamoff>(place));
    in_.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
    if (!in_) return std::nullopt;
    return values;
  }

 private:
  std::ifstream in_;
  std::uint64_t size_ = 0;
};

Status truncated() { return invalid_config("is a truncated shared library; build or copy it again"); }

Result<Elf64_Ehdr> read_header(ElfFile& file) {
  const auto identity = file.read<unsigned char>(0, EI_NIDENT);
  if (!identity || std::memcmp(identity->data(), ELFMAG, SELFMAG) != 0)
    return invalid_config("is not a shared library (no ELF file)");
  if ((*identity)[EI_CLASS] != ELFCLASS64) return invalid_config("is a 32-bit library; Sentinel needs a 64-bit one");
  const auto header = file.read<Elf64_Ehdr>(0, 1);
  if (!header) return truncated();
  const auto& found = header->front();
  if ((*identity)[EI_DATA] != ELFDATA2LSB || found.e_machine != kMachine)
    return invalid_config("is a library for another kind of processor (ELF machine " + std::to_string(found.e_machine) +
                          ")");
  if (found.e_type != ET_DYN)
    return invalid_config("is an ELF file, but no shared library (ELF type " + std::to_string(found.e_type) + ")");
  if (found.e_shentsize != sizeof(Elf64_Shdr)) return invalid_config("is a shared library without a section table");
  return found;
}

}  // namespace

Result<std::vector<std::string>> elf_exports(const std::filesystem::path& path) {
  ElfFile file(path);
  if (!file.is_readable()) return invalid_config("cannot be read: " + std::string(std::strerror(errno)));
  SENTINEL_ASSIGN(const auto header, read_header(file));
  const auto sections = file.read<Elf64_Shdr>(header.e_shoff, header.e_shnum);
  if (!sections) return truncated();
  std::vector<std::string> names;
  for (const auto& section : *sections) {
    if (section.sh_type != SHT_DYNSYM) continue;
    if (section.sh_link >= sections->size()) return truncated();
    const auto& names_section = (*sections)[section.sh_link];
    const auto symbols = file.read<Elf64_Sym>(section.sh_offset, section.sh_size / sizeof(Elf64_Sym));
    const auto texts = file.read<char>(names_section.sh_offset, names_section.sh_size);
    if (!symbols || !texts) return truncated();
    for (const auto& symbol : *symbols) {
      const auto binding = ELF64_ST_BIND(symbol.st_info);
      if (symbol.st_shndx == SHN_UNDEF || binding == STB_LOCAL || symbol.st_name >= texts->size()) continue;
      const auto* name = texts->data() + symbol.st_name;
      names.emplace_back(name, strnlen(name, texts->size() - symbol.st_name));
    }
  }
  return names;
}

}  // namespace sentinel::plugins
