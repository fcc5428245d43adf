// What `plugins new` writes: the files of plugin_projects, a plugin called "widget" in each kind.
#pragma once

#include <string>
#include <vector>

namespace sentinel::app {

struct ProjectFile {
  std::string kind;  // source, transform, sink; empty: every kind has it
  std::string name, text;
};

const std::vector<ProjectFile>& project_files();

}  // namespace sentinel::app
