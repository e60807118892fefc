"""How the designer looks: tokens, fonts, icons, style sheet, and the words of its languages."""
