export const PREFERENCES_KEY = "todobus.preferences";

/** What `applyTheme` does, as text for the head of the page: it runs before the first paint, so that no theme flashes. */
export const THEME_SCRIPT = `try{var t=JSON.parse(localStorage.getItem("${PREFERENCES_KEY}")||"{}").theme}catch(e){}
document.documentElement.dataset.theme=t=="dark"||t!="light"&&matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"`;
