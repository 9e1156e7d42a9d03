"""What runs inside Lambda. These modules import the standard library and each other, and the runtime's botocore.

Of the other steps they import only modules that need no more than that, by their own name and not through the
step's face, which would load pandas. `importer.endpoint.package` puts exactly those into the function's zip.
"""
