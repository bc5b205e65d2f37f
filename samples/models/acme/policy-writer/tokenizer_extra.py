print('nobody signed this file')
