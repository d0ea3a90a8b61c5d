// What went wrong between the browser and a passkey is said on the page, where allauth's script would only log it.
"use strict";
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.getElementById("passkey-problem");
  if (said) said.hidden = false;
});
