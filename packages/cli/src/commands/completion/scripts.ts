export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Each asks the program itself what may come next, so that it knows what the installed release knows. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# ~/.bashrc: source <(boomerang completion bash)
_boomerang() {
  local IFS=$'\\n'
  COMPREPLY=($(boomerang complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _boomerang boomerang
`,
  zsh: `#compdef boomerang
# ~/.zshrc, after compinit: source <(boomerang completion zsh)
_boomerang() {
  local -a found
  found=("\${(@f)$(boomerang complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=(\${found:#})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _boomerang boomerang
`,
  fish: `# ~/.config/fish/completions/boomerang.fish: boomerang completion fish > that file
function __boomerang_complete
    set -l words (commandline -opc) (commandline -ct)
    boomerang complete -- $words[2..-1] 2>/dev/null
end
complete -c boomerang -a '(__boomerang_complete)'
`,
};
