// Scripts of the repository; see package.json for how each is run. Other packages import nothing from here.
export {}
