"""The one door to Great Expectations: is the count fit to publish?"""
